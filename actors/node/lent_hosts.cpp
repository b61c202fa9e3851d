#include "actors/node/lent_hosts.hpp"

#include "actors/dispatch/protocol.hpp"
#include "actors/node/end_signals.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds between_questions{250};

/// Stages of fragments and utterances. What else there is takes no time, or as long as its job.
constexpr std::array heavy_stages{dispatch::stage::transcode, dispatch::stage::transcribe};

} // namespace

void pass_on(const std::string& host, const std::string& line) {
  constexpr std::string_view of_host = "media host: ";
  if (line.starts_with(of_host))
    log::say(log::level::normal, line.substr(of_host.size()), {{"host", host}});
}

void drain_hosts(const std::function<bool()>& may_go, std::chrono::seconds patience) {
  log::say(log::level::normal, "media hosts finish what they have, and get nothing new");
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (may_go())
      return log::say(log::level::normal, "media hosts have nothing left");
    if (wait_for_end_signal(between_questions))
      return log::say(log::level::warning,
                      "asked to end again: what is not finished is done elsewhere");
  }
  log::say(log::level::warning, "not all of it was finished in time; it is done elsewhere");
}

bool work_winds_down(caf::actor_system& system, const supervision::actor& root) {
  caf::scoped_actor self{system};
  caf::strong_actor_ptr found;
  self->request(root, 1s, supervision::whereis{"engine/dispatch"})
      .receive([&](const supervision::whereabouts& at) { found = at.child; },
               [](const caf::error&) {});
  if (!found)
    return false;
  const auto dispatch = caf::actor_cast<dispatch::actor>(found);
  for (const auto kind : heavy_stages)
    self->send(dispatch, dispatch::set_stage{kind, {.paused = true}});
  bool is_idle = false;
  self->request(dispatch, 1s, dispatch::look_at_stages{})
      .receive(
          [&](const dispatch::stage_list& now) {
            is_idle = std::ranges::none_of(now.all, [](const dispatch::stage_view& one) {
              return one.running > 0 &&
                     std::ranges::find(heavy_stages, one.kind) != heavy_stages.end();
            });
          },
          [](const caf::error&) {});
  return is_idle;
}

} // namespace vdoc::node
