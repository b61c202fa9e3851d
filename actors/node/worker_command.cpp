#include "actors/node/worker_command.hpp"

#include "actors/node/end_signals.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/worker_node.hpp"
#include "net/log/log.hpp"

#include <csignal>

namespace vdoc::node {

namespace {

constexpr std::chrono::milliseconds grace{2'000};
constexpr std::chrono::milliseconds between_questions{250};

/// Of what media hosts print, what they say themselves; the rest is of libraries.
void pass_on(const std::string& host, const std::string& line) {
  constexpr std::string_view of_host = "media host: ";
  if (line.starts_with(of_host))
    log::say(log::level::normal, line.substr(of_host.size()), {{"host", host}});
}

/// Until the media hosts have finished what they have, the time is over, or somebody insists.
void drain(worker_node& node, std::chrono::seconds patience) {
  log::say(log::level::normal, "media hosts finish what they have, and get nothing new");
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (node.may_go())
      return log::say(log::level::normal, "media hosts have nothing left");
    if (wait_for_end_signal(between_questions))
      return;
  }
  log::say(log::level::warning, "not all of it was finished in time; it is done elsewhere");
}

serve_exit work(const conf::settings& settings) {
  if (settings.cluster.join.empty())
    throw failure{{culprit::user, "a worker has to know where somebody leads",
                   "name the nodes that may with --join HOST:PORT, or in cluster.join", ""}};
  node_settings what;
  what.cluster = cluster_place_of(settings);
  what.offers = offers_of(settings);
  what.hosts = host_count(settings);
  what.host_memory_mib = static_cast<std::uint32_t>(settings.limits.host_memory_mib);
  what.on_host_line = pass_on;
  const auto name = what.cluster->identity.node;
  worker_node node{std::move(what), settings.cluster.join,
                   [](const fault& why) {
                     log::say(log::level::error, why.what);
                     send_end_signal(SIGUSR1);
                   },
                   [] { send_end_signal(SIGTERM); }};
  log::say(log::level::normal, "this node is a worker", {{"member", name}});
  const int signal = wait_for_end_signal();
  if (signal != SIGUSR1)
    drain(node, std::chrono::seconds{settings.cluster.drain_s});
  log::say(log::level::normal, "stopping");
  node.stop(grace);
  return signal == SIGUSR1 ? serve_exit::failed : serve_exit::stopped;
}

} // namespace

serve_exit serve_as_worker(const conf::settings& settings) {
  try {
    return work(settings);
  } catch (const failure& error) {
    log::say(log::level::error, error.why().what + "; " + error.why().advice);
  } catch (const std::exception& error) {
    log::say(log::level::error, error.what());
  }
  return serve_exit::failed;
}

} // namespace vdoc::node
