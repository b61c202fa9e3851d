#include "actors/follower/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/desk/inbox.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace vdoc::follower {

namespace {

using namespace std::chrono_literals;
using desk::admission;
using desk::refusal;
using ledger::outcome;

constexpr auto health_within = 2s;

struct porter_state {
  static inline const char* name = "PORTER";
  means with;
};
using self_pointer = queue::actor::stateful_pointer<porter_state>;

queue::submitted all_refused(std::size_t jobs, const desk::verdict& how) {
  return {std::vector<admission>(jobs, {how, "", false})};
}

admission admission_of(const ledger::written& how) {
  if (how.result == outcome::done || how.result == outcome::known_already)
    return {{}, how.job_id, how.result == outcome::known_already};
  return {{refusal::bad_request,
           "the ledger does not take the job: " + ledger::to_string(how.result), "", 0},
          "",
          false};
}

queue::submitted submitted_of(const ledger::all_written& how) {
  if (!how.trouble.empty())
    return all_refused(how.jobs.size(), desk::ledger_away(how.trouble));
  queue::submitted all;
  for (const auto& one : how.jobs)
    all.each.push_back(admission_of(one));
  return all;
}

caf::result<queue::submitted> take(self_pointer self, queue::submit& asked) {
  const auto& with = self->state.with;
  const auto count = asked.jobs.size();
  if (with.has_quotas)
    return all_refused(count, desk::ask_leader(with.leader()));
  const auto ledger = with.find_ledger();
  if (!ledger)
    return all_refused(count, desk::part_is_gone());
  ledger::write order;
  order.rolls.push_back(desk::letter_about(asked.jobs, with.new_letter(), with.node));
  if (asked.line)
    order.rolls.push_back({*std::move(asked.line), order.rolls.front().job_ids});
  order.jobs = std::move(asked.jobs);
  auto promise = self->make_response_promise<queue::submitted>();
  self->request(ledger, caf::infinite, std::move(order))
      .then(
          [promise](const ledger::all_written& how) mutable { promise.deliver(submitted_of(how)); },
          [promise, count](const caf::error&) mutable {
            promise.deliver(all_refused(count, desk::part_is_gone()));
          });
  return promise;
}

/// Ready when somebody else does what is taken in here.
caf::result<desk::overview> look(self_pointer self) {
  const auto& with = self->state.with;
  desk::overview now;
  const auto ledger = with.find_ledger();
  const auto leader = with.leader().node;
  if (!ledger || leader.empty() || leader == with.node) {
    now.trouble = ledger ? "no node leads the cluster yet" : desk::part_is_gone().what;
    return now;
  }
  auto promise = self->make_response_promise<desk::overview>();
  self->request(ledger, health_within, ledger::health_of{})
      .then(
          [promise, now](const ledger::health& how) mutable {
            now.ready = how.up;
            if (!how.up)
              now.trouble = "the ledger is away: " + how.trouble;
            promise.deliver(now);
          },
          [promise, now](const caf::error&) mutable {
            now.trouble = desk::part_is_gone().what;
            promise.deliver(now);
          });
  return promise;
}

queue::actor::behavior_type porter(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  const auto elsewhere = [self] {
    return queue::ordered{desk::ask_leader(self->state.with.leader())};
  };
  return {
      [self](queue::submit& asked) { return take(self, asked); },
      [elsewhere](const queue::order&) { return elsewhere(); },
      [elsewhere](const queue::set_queue&) { return elsewhere(); },
      [self](const queue::look&) { return look(self); },
      [](const queue::drain&) { return queue::drained{}; }, // nothing runs here
      [](const queue::arrivals&) {},
  };
}

} // namespace

queue::actor spawn_queue(caf::actor_system& system, means with) {
  return system.spawn(porter, std::move(with));
}

schedule::actor spawn_schedule(caf::actor_system& system,
                               std::function<desk::node_doors()> leader) {
  return system.spawn([leader = std::move(leader)](
                          schedule::actor::pointer /*self*/) -> schedule::actor::behavior_type {
    return {
        [leader](const schedule::put&) { return schedule::settled{desk::ask_leader(leader())}; },
        [leader](const schedule::remove&) { return schedule::settled{desk::ask_leader(leader())}; },
        [leader](const schedule::look&) {
          return desk::schedule_views{desk::ask_leader(leader()), {}};
        },
    };
  });
}

} // namespace vdoc::follower
