#include "actors/jobs/spawn.hpp"
#include "actors/supervision/restart_judge.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <optional>

namespace vdoc::jobs {

namespace {

/// "Start what can be started" and "wait no longer", to itself.
using inner_actor = actor::extend_with<job::watcher>::extend<caf::reacts_to<caf::tick_atom>,
                                                             caf::reacts_to<caf::close_atom>>;

constexpr supervision::restart_budget job_budget{.intensity = 3};
constexpr auto grace_to_stop = std::chrono::seconds{2};

struct entry {
  planned plan;
  supervision::restart_judge judge;
  job::actor who;
  supervision::time_point since;
  supervision::time_point not_before;
  bool over = false;
};

struct jobs_state {
  static inline const char* name = "jobs";
  std::vector<entry> entries;
  std::uint32_t at_once = 1;
  listener told;
  bool stopping = false;

  /// Nobody else knows the JOBs: they do not outlive JOBS, however it ends.
  ~jobs_state() {
    for (const auto& one : entries)
      if (one.who)
        caf::anon_send_exit(one.who, caf::exit_reason::kill);
  }
};

using self_pointer = inner_actor::stateful_pointer<jobs_state>;

void finish(self_pointer self, entry& one, const job::ended& how) {
  if (std::exchange(one.over, true))
    return;
  self->state.told.on_ended(how);
  const auto& all = self->state.entries;
  if (std::all_of(all.begin(), all.end(), [](const auto& other) { return other.over; })) {
    self->state.told.on_all_ended();
    self->quit();
  } else {
    self->send(self, caf::tick_atom_v);
  }
}

void start_what_fits(self_pointer self) {
  auto& state = self->state;
  const auto now = std::chrono::steady_clock::now();
  std::uint32_t running = 0;
  for (auto& one : state.entries) {
    if (one.over)
      continue;
    if (one.who || state.stopping) {
      ++running;
      continue;
    }
    if (running++ >= state.at_once)
      return;
    if (one.not_before > now) {
      self->delayed_send(self, one.not_before - now, caf::tick_atom_v);
      continue;
    }
    one.since = now;
    one.who = job::spawn(self->system(), one.plan.what, one.plan.around);
    self->monitor(one.who);
  }
}

/// A JOB is gone. Normally it has said how it ended; if not, it crashed.
void job_down(self_pointer self, const caf::down_msg& down) {
  for (auto& one : self->state.entries) {
    if (one.over || !one.who || one.who.address() != down.source)
      continue;
    one.who = nullptr;
    if (self->state.stopping) {
      finish(self, one, {one.plan.what.name, "interrupted", {}, {}, one.plan.around.root.string()});
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    const auto verdict = one.judge.child_ended(one.since, true, now);
    if (const auto* again = std::get_if<supervision::start_again>(&verdict)) {
      one.plan.around.resume = true;
      one.not_before = now + again->after;
      self->send(self, caf::tick_atom_v);
      return;
    }
    const fault why{culprit::ours, "the engine failed on this job again and again",
                    "report it with job.json", self->system().render(down.reason)};
    finish(self, one, {one.plan.what.name, "failed", why, {}, one.plan.around.root.string()});
    return;
  }
}

void interrupt_all(self_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.stopping, true))
    return;
  for (auto& one : state.entries) {
    if (one.over)
      continue;
    if (one.who)
      self->send(one.who, job::interrupt{});
    else
      finish(self, one, {one.plan.what.name, "interrupted", {}, {}, one.plan.around.root.string()});
  }
  self->delayed_send(self, grace_to_stop, caf::close_atom_v);
}

void give_up_waiting(self_pointer self) {
  for (auto& one : self->state.entries)
    finish(self, one, {one.plan.what.name, "interrupted", {}, {}, one.plan.around.root.string()});
}

inner_actor::behavior_type jobs(self_pointer self, std::vector<planned> work, std::uint32_t at_once,
                                const dispatch::actor& dispatch, const ledger::actor& ledger,
                                const listener& told) {
  auto& state = self->state;
  state.at_once = at_once;
  state.told = told;
  std::uint32_t seed = 1;
  for (auto& plan : work) {
    plan.around.dispatch = dispatch;
    plan.around.ledger = ledger;
    plan.around.told = caf::actor_cast<job::watcher>(caf::actor_cast<caf::strong_actor_ptr>(self));
    state.entries.push_back({std::move(plan),
                             {supervision::restart::transient, job_budget, seed++},
                             {},
                             {},
                             {},
                             false});
  }
  self->set_down_handler([=](const caf::down_msg& down) { job_down(self, down); });
  self->send(self, caf::tick_atom_v);
  return {
      [=](const job::interrupt&) { interrupt_all(self); },
      [=](const job::progress& msg) { self->state.told.on_progress(msg); },
      [](const job::playable& /*msg*/) {},
      [=](const job::ended& msg) {
        for (auto& one : self->state.entries)
          if (one.plan.what.name == msg.name)
            finish(self, one, msg);
      },
      [=](caf::tick_atom) { start_what_fits(self); },
      [=](caf::close_atom) { give_up_waiting(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, std::vector<planned> work, std::uint32_t at_once,
            dispatch::actor dispatch, ledger::actor ledger, listener told) {
  return caf::actor_cast<actor>(system.spawn<caf::detached>(
      jobs, std::move(work), at_once, std::move(dispatch), std::move(ledger), std::move(told)));
}

} // namespace vdoc::jobs
