#include "actors/membership/dialler.hpp"
#include "actors/membership/spawn_envoy.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/membership/dial_pause.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <random>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;

/// Look for the leader, and say that we are there, if it is still this trial; is it time to look
/// after things.
using inner_actor = envoy_actor::extend<caf::reacts_to<caf::connect_atom, std::uint64_t>,
                                        caf::reacts_to<caf::publish_atom, std::uint64_t>,
                                        caf::reacts_to<caf::tick_atom>>;

constexpr auto dial_limit = 30s;
constexpr auto answer_limit = 5s;
constexpr auto between_announcements = 2s;
constexpr auto between_looks = 1s;
constexpr std::uint64_t announcements_for_one_load = 2;

struct envoy_state {
  static inline const char* name = "ENVOY";
  envoy_means with;
  dialler dialler_; ///< null: this node works for itself
  hosts::work_for whom;
  std::uint64_t trial = 0; ///< to find a leader and to stay with it: the last one counts
  front leader;            ///< null while there is none
  std::string at;
  bool is_in = false;
  std::uint64_t times_in = 0; ///< answers that have let us in
  bool is_drained = false;
  dial_pause pause;
  std::minstd_rand chance;
  bool in_vain = false; ///< the leader that was found last was none for us
  std::string said;     ///< last, of why there is no leader

  ~envoy_state() { dismiss_dialler(); }
  void dismiss_dialler() {
    if (dialler_)
      caf::anon_send_exit(dialler_, caf::exit_reason::user_shutdown);
    dialler_ = nullptr;
  }
};
using self_pointer = inner_actor::stateful_pointer<envoy_state>;

void say_once(self_pointer self, const std::string& words, const std::string& cause) {
  if (std::exchange(self->state.said, words + cause) != words + cause)
    log::say(log::level::warning, words, {{"cause", cause}});
}

void dial_later(self_pointer self) {
  auto& state = self->state;
  state.leader = nullptr;
  state.is_in = false;
  state.times_in = 0;
  std::uniform_real_distribution<double> even{0, 1};
  self->delayed_send(self, state.pause.next(even(state.chance)), caf::connect_atom::value,
                     ++state.trial);
}

/// A leader of an older version knows no such message.
void say_how_loaded(self_pointer self, std::uint32_t protocol) {
  auto& state = self->state;
  if (protocol >= protocol_with_load && state.with.load && state.leader &&
      state.times_in++ % announcements_for_one_load == 0)
    self->send(state.leader,
               how_loaded{state.with.what.node, state.with.what.incarnation, state.with.load()});
}

void announce_us(self_pointer self) {
  auto& state = self->state;
  announce us{state.with.what, state.with.marks, envoy{self}};
  self->request(state.leader, answer_limit, us)
      .then(
          [self, trial = state.trial](const admission& answer) {
            auto& now = self->state;
            if (now.trial != trial)
              return;
            if (answer.number == 0) {
              say_once(self, "the leader does not let us in", answer.why);
              now.in_vain = true;
              return dial_later(self);
            }
            if (!std::exchange(now.is_in, true))
              log::say(log::level::normal, "this node works for the leader at " + now.at);
            if (answer.is_to_go && !std::exchange(now.is_drained, true)) {
              log::say(log::level::normal, "this node is drained by order");
              now.with.drained();
            }
            now.said.clear();
            now.pause.begin_anew();
            say_how_loaded(self, answer.protocol);
            self->delayed_send(self, between_announcements, caf::publish_atom::value, trial);
          },
          [self, trial = state.trial](const caf::error& why) {
            if (self->state.trial != trial)
              return;
            say_once(self, "the leader does not answer", self->system().render(why));
            self->state.in_vain = true;
            dial_later(self);
          });
}

void look_for_leader(self_pointer self) {
  auto& state = self->state;
  self->request(state.dialler_, dial_limit, find_leader{std::exchange(state.in_vain, false)})
      .then(
          [self, trial = state.trial](const leader_found& found) {
            if (self->state.trial != trial)
              return;
            if (!found.who) {
              say_once(self, "nobody leads", found.why);
              return dial_later(self);
            }
            self->state.leader = found.who;
            self->state.at = found.at;
            self->monitor(found.who);
            announce_us(self);
          },
          [self, trial = state.trial](const caf::error& why) {
            if (self->state.trial != trial)
              return;
            say_once(self, "nobody leads", self->system().render(why));
            dial_later(self);
          });
}

void say_farewell(self_pointer self) {
  const auto& state = self->state;
  if (state.leader)
    self->send(state.leader, farewell{state.with.what.node, state.with.what.incarnation});
}

/// Dials those, instead of whom it was before; nobody: it stays at home.
void go_to(self_pointer self, const std::vector<net::dial_place>& seeds) {
  auto& state = self->state;
  say_farewell(self);
  state.dismiss_dialler();
  state.leader = nullptr;
  state.is_in = false;
  state.times_in = 0;
  state.said.clear();
  state.pause.begin_anew();
  ++state.trial; // whatever is under way
  if (seeds.empty())
    return;
  state.dialler_ = spawn_dialler(self->system(), seeds);
  look_for_leader(self);
}

void take_on(self_pointer self, const hosts::work_for& whom) {
  auto& state = self->state;
  if (state.whom == whom)
    return;
  state.whom = whom;
  std::vector<net::dial_place> seeds;
  for (const auto& each : whom.leaders)
    if (auto place = net::dial_place_from(each))
      seeds.push_back(std::move(*place));
  go_to(self, seeds);
}

caf::result<may_go> ask_to_go(self_pointer self) {
  auto& state = self->state;
  auto answer = self->make_response_promise<may_go>();
  if (!state.leader || !state.is_in) {
    answer.deliver(may_go{true});
    return answer;
  }
  self->request(state.leader, answer_limit,
                going{state.with.what.node, state.with.what.incarnation})
      .then([answer](const going_answer& it) mutable { answer.deliver(may_go{it.idle}); },
            [answer](const caf::error&) mutable { answer.deliver(may_go{false}); });
  return answer;
}

inner_actor::behavior_type behave(self_pointer self, envoy_means with) {
  auto& state = self->state;
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& x) {
    if (!self->state.leader || self->state.leader.address() != x.source)
      return;
    log::say(log::level::warning, "the leader is gone", {{"cause", "the connection broke"}});
    dial_later(self);
  });
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    say_farewell(self);
    self->quit(asked.reason);
  });
  state.chance.seed(with.seed);
  state.with = std::move(with);
  take_on(self, {state.with.leaders});
  self->delayed_send(self, between_looks, caf::tick_atom::value);
  return {
      [](const hosts::ping& it) { return hosts::pong{it.number}; },
      [](const dispatch::host_up&) {}, // it goes to the leader by itself
      [self](const dispatch::host_down& it) {
        if (it.loss.how != dispatch::host_end::asked)
          log::say(
              log::level::warning, "media host ended",
              {{"host", it.host_id}, {"how", to_string(it.loss.how)}, {"cause", it.loss.cause}});
        if (self->state.leader)
          self->send(self->state.leader,
                     host_ended{self->state.with.what.node, it.host_id, it.incarnation, it.loss});
      },
      [](const dispatch::host_drains&) { return dispatch::drained{true}; },
      [self](const try_to_go&) { return ask_to_go(self); },
      [self](const hosts::work_for& whom) { take_on(self, whom); },
      [self](caf::connect_atom, std::uint64_t trial) {
        if (trial == self->state.trial)
          look_for_leader(self);
      },
      [self](caf::publish_atom, std::uint64_t trial) {
        if (trial == self->state.trial)
          announce_us(self);
      },
      [self](caf::tick_atom) {
        if (self->state.with.look_after)
          self->state.with.look_after();
        self->delayed_send(self, between_looks, caf::tick_atom::value);
      },
  };
}

} // namespace

envoy_actor spawn_envoy(caf::actor_system& system, envoy_means with) {
  return system.spawn(behave, std::move(with));
}

} // namespace vdoc::membership
