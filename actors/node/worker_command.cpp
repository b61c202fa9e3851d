#include "actors/node/worker_command.hpp"

#include "actors/node/encoder_search.hpp"
#include "actors/node/end_signals.hpp"
#include "actors/node/lent_hosts.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/worker_node.hpp"
#include "net/log/log.hpp"

#include <csignal>

namespace vdoc::node {

namespace {

constexpr std::chrono::milliseconds grace{2'000};

serve_exit work(const conf::settings& settings) {
  node_settings what;
  what.cluster = cluster_place_of(settings);
  what.offers = offers_of(settings);
  what.search_words = {encoder_search_word};
  what.hosts = host_count(settings);
  what.load = std::make_shared<resources::load_watch>(
      settings.cluster.cache.empty() ? std::filesystem::temp_directory_path()
                                     : std::filesystem::path{settings.cluster.cache});
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
    drain_hosts([&node] { return node.may_go(); }, std::chrono::seconds{settings.cluster.drain_s});
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
