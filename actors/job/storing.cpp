#include "actors/job/shell.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

/// JOB towards STOREKEEPER.
namespace vdoc::job {

using namespace std::chrono_literals;

namespace {

constexpr auto ask_again_after = 1s;

/// What STOREKEEPER had promised when it died is never answered; that it is down is told, always.
void is_down(const caf::error& /*why*/) {}

void ask_again(self_pointer self) {
  self->delayed_send(self, ask_again_after, store_atom::value);
}

void end(self_pointer self) {
  tell_end(self, *self->state.storing);
  self->quit();
}

/// The log and the job's history, once for each place.
void say_where(self_pointer self) {
  auto& state = self->state;
  auto words = warning_of({"", state.left.in});
  if (state.left_told == words)
    return;
  state.left_told = std::move(words);
  const auto& around = state.around;
  log::say(log::level::warning, "the artefact store does not take the results of a job",
           {{"job", around.id},
            {"trace", around.trace},
            {"kept", state.left.in.empty() ? "data folder" : state.left.in},
            {"cause", state.left.because}});
  tell_ledger(self, ledger::event_kind::warned, warning_of(state.left));
}

/// False: the disk is full.
bool has_reported(self_pointer self, left_results left) {
  self->state.left = std::move(left);
  try {
    write_report(self, *self->state.storing);
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

/// It is on the disk that they are left before it counts.
void leave_results(self_pointer self, const storekeeper::actor& keeper, const std::string& why) {
  if (!has_reported(self, {why, ""}))
    return ask_again(self);
  say_where(self);
  self->request(keeper, caf::infinite, storekeeper::leave{self->state.job_id, why})
      .then([=](const storekeeper::remembered& it) { it.ok ? end(self) : ask_again(self); },
            is_down);
}

/// The report goes there with the rest, and says where they are.
void use_fallback(self_pointer self, const storekeeper::actor& keeper,
                  const storekeeper::published& no) {
  if (!has_reported(self, {no.why, no.fallback}))
    return ask_again(self);
  self->request(keeper, caf::infinite,
                storekeeper::publish{self->state.job_id, artefacts::target::fallback})
      .then(
          [=](const storekeeper::published& it) {
            if (!it.stored)
              return leave_results(self, keeper,
                                   no.why + "; nor does the fallback store: " + it.why);
            say_where(self);
            end(self);
          },
          is_down);
}

} // namespace

bool is_reported(self_pointer self) {
  const auto& state = self->state;
  const bool only_looked =
      std::ranges::all_of(state.stages, [](const auto& each) { return each.first == work::open; });
  if (!state.around.find_storekeeper || !state.around.resume || !only_looked)
    return false;
  std::ifstream in{state.around.root / "job.json", std::ios::binary};
  return says_all({std::istreambuf_iterator<char>{in}, {}}, *state.thought);
}

void store_results(self_pointer self) {
  const auto keeper = self->state.around.find_storekeeper();
  if (!keeper)
    return ask_again(self); // it is being started anew
  if (!self->state.left.because.empty() && !has_reported(self, {}))
    return ask_again(self);
  if (self->state.keeper != keeper) {
    self->state.keeper = keeper->address();
    self->monitor(keeper);
  }
  self->request(keeper, caf::infinite, storekeeper::publish{self->state.job_id})
      .then(
          [=](const storekeeper::published& it) {
            if (it.stored)
              end(self);
            else if (it.fallback.empty())
              leave_results(self, keeper, it.why);
            else
              use_fallback(self, keeper, it);
          },
          is_down);
}

void keeper_is_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  if (down.source != state.keeper)
    return;
  state.keeper = {};
  if (state.storing)
    ask_again(self);
}

void stop_storing(self_pointer self) {
  self->state.storing = finish{"interrupted", {}};
  end(self);
}

} // namespace vdoc::job
