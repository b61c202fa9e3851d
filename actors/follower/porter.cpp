#include "actors/follower/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/desk/inbox.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace vdoc::follower {

/// What waits for a leader is looked at again.
struct look_again {
  std::function<void()> at;
};

} // namespace vdoc::follower

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::follower::look_again)

namespace vdoc::follower {

namespace {

using namespace std::chrono_literals;
using desk::admission;
using desk::refusal;
using ledger::outcome;

constexpr auto health_within = 2s;
constexpr auto patience_with_elections = 4s; ///< DESK waits a little longer
constexpr auto between_looks = 20ms;
constexpr auto between_looks_at_limits = 2s;

struct porter_state {
  static inline const char* name = "PORTER";
  means with;
  std::map<std::string, desk::own_limits> limits_read; ///< while they are being read
  bool knows_limits = false;
};
struct timekeeper_state {
  static inline const char* name = "TIMEKEEPER";
  means with;
};
using porter_actor = queue::actor::extend<caf::reacts_to<look_again>,
                                          caf::reacts_to<ledger::load_atom, std::string>>;
using timekeeper_actor = schedule::actor::extend<caf::reacts_to<look_again>>;
using self_pointer = porter_actor::stateful_pointer<porter_state>;

/// Passes a question on to who does the work here once this node leads, or refuses it as somebody
/// else does; waits while it is open which of the two.
template <class Answer, class Self, class Find, class Question> class errand {
public:
  errand(Self self, Find find, Question what, std::function<Answer(const desk::verdict&)> refused)
      : self_{self}, find_{std::move(find)}, what_{std::move(what)}, refused_{std::move(refused)},
        promise_{self->template make_response_promise<Answer>()}, until_{self->clock().now() +
                                                                         patience_with_elections} {}

  caf::result<Answer> run() {
    go_on();
    return promise_;
  }

private:
  void go_on() {
    const auto& with = self_->state.with;
    if (const auto whom = find_())
      return pass_on(whom);
    auto leader = with.leader();
    if (leader.node == with.node)
      leader = {};
    if (!leader.node.empty() || self_->clock().now() >= until_) {
      promise_.deliver(refused_(desk::ask_leader(std::move(leader))));
      return;
    }
    self_->delayed_send(self_, between_looks,
                        look_again{[again = *this]() mutable { again.go_on(); }});
  }
  template <class Whom> void pass_on(const Whom& whom) {
    self_->request(whom, caf::infinite, what_)
        .then([promise = promise_](Answer& it) mutable { promise.deliver(std::move(it)); },
              [promise = promise_, refused = refused_](const caf::error&) mutable {
                promise.deliver(refused(desk::part_is_gone()));
              });
  }

  Self self_;
  Find find_;
  Question what_;
  std::function<Answer(const desk::verdict&)> refused_;
  caf::typed_response_promise<Answer> promise_;
  caf::actor_clock::time_point until_;
};

template <class Answer, class Self, class Find, class Question, class Refused>
caf::result<Answer> send_to_leader(Self self, Find find, const Question& what, Refused refused) {
  return errand<Answer, Self, Find, Question>{self, std::move(find), what, std::move(refused)}
      .run();
}

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

/// Only who counts the jobs and the bytes of a tenant can say whether it may have one more.
bool is_for_leader(const porter_state& state, const std::vector<ledger::job>& jobs) {
  return !state.knows_limits || std::ranges::any_of(jobs, [&](const auto& one) {
    const auto may_have = state.with.tenants->of(one.tenant);
    return may_have[desk::tenant_limit::queued] > 0 || may_have[desk::tenant_limit::stored_mb] > 0;
  });
}

void look_at_limits_later(self_pointer self) {
  self->delayed_send(self, between_looks_at_limits, ledger::load_atom::value, std::string{});
}

/// While this node leads its QUEUE keeps the book.
void look_at_limits(self_pointer self, const std::string& after_key) {
  auto& state = self->state;
  const auto leads = [self] { return static_cast<bool>(self->state.with.find_queue()); };
  if (after_key.empty())
    state.limits_read.clear();
  if (leads()) {
    state.knows_limits = false; // when it follows again
    return look_at_limits_later(self);
  }
  ledger::read_pages(
      self, state.with.find_reader, desk::tenant_kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        for (const auto& one : page)
          self->state.limits_read[one.key] = desk::own_limits_in(one.body);
      },
      [self, leads] {
        auto& state = self->state;
        if (!leads()) {
          state.with.tenants->replace(std::exchange(state.limits_read, {}));
          state.knows_limits = true;
        }
        look_at_limits_later(self);
      });
}

caf::result<queue::submitted> take(self_pointer self, queue::submit& asked) {
  const auto& with = self->state.with;
  const auto count = asked.jobs.size();
  if (is_for_leader(self->state, asked.jobs))
    return send_to_leader<queue::submitted>(
        self, with.find_queue, asked,
        [count](const desk::verdict& how) { return all_refused(count, how); });
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
  if (!self->state.knows_limits) {
    now.trouble = "the limits of tenants are still being read";
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

porter_actor::behavior_type porter(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  self->send(self, ledger::load_atom::value, std::string{});
  const auto leave_to_leader = [self](const auto& asked) {
    return send_to_leader<queue::ordered>(self, self->state.with.find_queue, asked,
                                          [](const auto& how) { return queue::ordered{how}; });
  };
  return {
      [self](queue::submit& asked) { return take(self, asked); },
      [leave_to_leader](const queue::order& asked) { return leave_to_leader(asked); },
      [leave_to_leader](const queue::set_queue& asked) { return leave_to_leader(asked); },
      [leave_to_leader](const queue::set_tenant& asked) { return leave_to_leader(asked); },
      [self](const queue::look&) { return look(self); },
      [](const queue::drain&) { return queue::drained{}; }, // nothing runs here
      [](const queue::arrivals&) {},
      [](const queue::reset_source&) {},
      [](look_again& it) { it.at(); },
      [self](ledger::load_atom, const std::string& after) { look_at_limits(self, after); },
  };
}

timekeeper_actor::behavior_type
timekeeper(timekeeper_actor::stateful_pointer<timekeeper_state> self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  const auto change = [self](const auto& asked) {
    return send_to_leader<schedule::settled>(
        self, self->state.with.find_schedule, asked,
        [](const auto& how) { return schedule::settled{how}; });
  };
  return {
      [change](const schedule::put& asked) { return change(asked); },
      [change](const schedule::remove& asked) { return change(asked); },
      [self](const schedule::look& asked) {
        return send_to_leader<desk::schedule_views>(self, self->state.with.find_schedule, asked,
                                                    [](const auto& how) {
                                                      return desk::schedule_views{how, {}};
                                                    });
      },
      [](look_again& it) { it.at(); },
  };
}

} // namespace

queue::actor spawn_queue(caf::actor_system& system, means with) {
  return system.spawn(porter, std::move(with));
}

schedule::actor spawn_schedule(caf::actor_system& system, means with) {
  return system.spawn(timekeeper, std::move(with));
}

} // namespace vdoc::follower
