#include "actors/job/shell.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <system_error>

/// JOB towards STOREKEEPER.
namespace vdoc::job {

using namespace std::chrono_literals;

namespace {

constexpr auto ask_again_after = 1s;

void ask_again(self_pointer self) {
  self->delayed_send(self, ask_again_after, store_atom::value);
}

void end(self_pointer self) {
  tell_end(self, *self->state.storing);
  self->quit();
}

/// It is on the disk that they are left before it counts.
void leave_results(self_pointer self, const storekeeper::actor& keeper, const std::string& why) {
  auto& state = self->state;
  if (state.left_because.empty()) {
    const auto& around = state.around;
    log::say(log::level::warning, "the artefact store does not take the results of a job",
             {{"job", around.id}, {"trace", around.trace}, {"cause", why}});
    tell_ledger(self, ledger::event_kind::warned, left_in_folder(why));
  }
  state.left_because = why;
  try {
    write_report(self, *state.storing);
  } catch (const std::system_error&) {
    return ask_again(self); // the disk is full
  }
  self->request(keeper, caf::infinite, storekeeper::leave{state.job_id, why})
      .then([=](const storekeeper::remembered& it) { it.ok ? end(self) : ask_again(self); },
            [=](const caf::error&) { ask_again(self); });
}

} // namespace

void store_results(self_pointer self) {
  const auto keeper = self->state.around.find_storekeeper();
  if (!keeper)
    return ask_again(self); // it is being started anew
  self->request(keeper, caf::infinite, storekeeper::publish{self->state.job_id})
      .then(
          [=](const storekeeper::published& it) {
            it.stored ? end(self) : leave_results(self, keeper, it.why);
          },
          [=](const caf::error&) { ask_again(self); });
}

void stop_storing(self_pointer self) {
  self->state.storing = finish{"interrupted", {}};
  end(self);
}

} // namespace vdoc::job
