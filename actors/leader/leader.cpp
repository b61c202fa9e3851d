#include "actors/leader/keeper.hpp"
#include "actors/supervision/supervisor.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <utility>

namespace vdoc::leader {

namespace {

using namespace std::chrono_literals;
using membership::lease_effects;
using membership::lease_rules;

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using inner_actor = actor::extend<caf::reacts_to<tick_atom, std::uint64_t>>;

constexpr auto shortest_tick = 1ms;
constexpr auto longest_tick = 400ms;
/// How often the folder is looked into, and whether the leader before us is dead.
constexpr auto between_watches = 100ms;

struct leader_state {
  static inline const char* name = "LEADER";
  means with;
  std::optional<lease_rules> lease;
  stance work_rules;
  std::minstd_rand chance;
  keeper store;
  folder_keeper folder;
  std::uint64_t ticks = 0;                ///< only the last timer counts
  caf::actor_clock::time_point tick_at{}; ///< when that one is due; the past: there is none
  bool folder_asked = false;
  std::optional<ledger::lease> suspect; ///< is to be found dead
  std::optional<ledger::lease> taken_from;
  caf::actor work;
  std::optional<caf::actor_clock::time_point> work_gone_at; ///< at the latest, once it was killed
  std::optional<std::uint64_t> begin_next; ///< as soon as the work before it is down
  std::optional<caf::typed_response_promise<resigned>> resigning;
  std::set<std::string> troubles; ///< with the database, of those in a row, that were said

  leader_state() = default;
  leader_state(const leader_state&) = delete;
  leader_state& operator=(const leader_state&) = delete;
  ~leader_state() {
    if (work)
      caf::anon_send_exit(work, caf::exit_reason::kill);
    for (const auto& each :
         {caf::actor_cast<caf::actor>(store), caf::actor_cast<caf::actor>(folder)})
      if (each)
        caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }
};
using self_pointer = inner_actor::stateful_pointer<leader_state>;

void tick(self_pointer self);
void carry_out(self_pointer self, const lease_effects& todo);
void carry_out(self_pointer self, const stance_effects& todo);

// --- the work -----------------------------------------------------------------------------------

void begin(self_pointer self, std::uint64_t epoch) {
  auto& state = self->state;
  if (state.work) { // still going down
    state.begin_next = epoch;
    return;
  }
  const auto me = self->address(); // weak: whoever writes must not keep LEADER alive
  state.work = state.with.begin(epoch, [me, epoch] {
    if (const auto alive = caf::actor_cast<caf::actor>(me))
      caf::anon_send(alive, write_refused{epoch});
  });
  self->monitor(state.work);
}

void kill(self_pointer self, const std::string& why) {
  auto& state = self->state;
  state.begin_next.reset();
  state.lease->work_ended();
  spdlog::log(state.lease->stands() ? spdlog::level::warn : spdlog::level::info,
              "this node leads no more: {}", why);
  if (!state.work)
    return;
  caf::anon_send_exit(state.work, caf::exit_reason::kill);
  state.work_gone_at = self->clock().now() + state.with.work_goes_within;
}

/// Throws when work that was killed hangs.
void expect_work_to_go(const leader_state& state, caf::actor_clock::time_point now) {
  if (state.work_gone_at && now >= *state.work_gone_at)
    throw std::runtime_error{"the work of an epoch that is over does not end, some part of it "
                             "hangs: this node ends, to be started anew"};
}

void work_is_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  if (!state.work || down.source != state.work.address())
    return self->quit(down.reason); // KEEPER
  state.work = nullptr;
  state.work_gone_at.reset();
  const auto phase = state.work_rules.where();
  const bool unwanted = phase == stance::phase::working || phase == stance::phase::unsure;
  if (unwanted && !state.begin_next)
    return self->quit(down.reason);
  state.with.ended();
  if (const auto next = std::exchange(state.begin_next, std::nullopt))
    begin(self, *next);
}

// --- the folder ---------------------------------------------------------------------------------

/// One question at a time: a folder on another machine may not answer.
void watch(self_pointer self) {
  auto& state = self->state;
  if (state.folder_asked)
    return;
  if (state.work_rules.is_unsure())
    self->request(state.folder, caf::infinite, mark_question{})
        .then(
            [self](const mark_reply& there) {
              self->state.folder_asked = false;
              carry_out(self, self->state.work_rules.folder_says(there.epoch));
            },
            [self](const caf::error& why) { self->quit(why); });
  else if (state.work_rules.where() == stance::phase::waiting && state.suspect)
    self->request(state.folder, caf::infinite, death_question{*state.suspect})
        .then(
            [self](const death_reply& it) {
              self->state.folder_asked = false;
              if (it.is_dead)
                carry_out(self, self->state.work_rules.is_dead());
            },
            [self](const caf::error& why) { self->quit(why); });
  else
    return;
  state.folder_asked = true;
}

struct work_carrier {
  self_pointer self;

  void operator()(const mark_folder& x) const {
    caf::anon_send(self->state.folder, mark_question{x.epoch});
  }
  void operator()(const look_for_death& x) const {
    self->state.suspect = x.of;
    spdlog::info("waiting until the leader before this one is gone");
  }
  void operator()(const begin_work& x) const {
    spdlog::info("this node leads, in epoch {}", x.epoch);
    begin(self, x.epoch);
  }
  void operator()(const kill_work& x) const { kill(self, x.why); }
};

void carry_out(self_pointer self, const stance_effects& todo) {
  for (const auto& each : todo)
    std::visit(work_carrier{self}, each);
}

// --- the lease ----------------------------------------------------------------------------------

void has_resigned(self_pointer self) {
  if (auto promise = std::exchange(self->state.resigning, std::nullopt))
    promise->deliver(resigned{});
}

/// Each once, until the database answers again.
void say_trouble(leader_state& state, const ledger::lease_answer& answer) {
  if (answer.result != ledger::lease_outcome::store_down)
    state.troubles.clear();
  else if (state.troubles.insert(answer.trouble).second)
    log::say(log::level::warning, "the lease of the leader cannot be looked at",
             {{"cause", answer.trouble}});
}

void ask(self_pointer self, std::uint64_t number,
         std::function<ledger::lease_answer(ledger::lease_store&)> what) {
  self->request(self->state.store, caf::infinite, lease_question{std::move(what)})
      .then(
          [self, number](const lease_reply& reply) {
            auto& state = self->state;
            say_trouble(state, reply.what);
            const double chance = std::generate_canonical<double, 16>(state.chance);
            carry_out(self, state.lease->answered(number, reply.what, self->clock().now(), chance));
            tick(self);
          },
          [self](const caf::error& why) { self->quit(why); });
}

struct lease_carrier {
  self_pointer self;

  void operator()(const membership::look_at_lease& x) const {
    ask(self, x.number, [](auto& store) { return store.look(lease_name); });
  }
  void operator()(const membership::take_lease& x) const {
    const auto& with = self->state.with;
    self->state.taken_from = x.seen;
    ask(self, x.number, [seen = x.seen, me = with.me, said = with.said](auto& store) {
      return store.take(lease_name, seen, me, said);
    });
  }
  void operator()(const membership::renew_lease& x) const {
    self->state.taken_from.reset();
    ask(self, x.number, [epoch = x.epoch](auto& store) {
      return store.renew({lease_name, epoch});
    });
  }
  void operator()(const membership::release_lease& x) const {
    ask(self, x.number, [epoch = x.epoch](auto& store) {
      return store.release({lease_name, epoch});
    });
  }
  void operator()(const membership::lead& x) const {
    auto& state = self->state;
    const auto before = std::exchange(state.taken_from, std::nullopt).value_or(ledger::lease{});
    const bool is_free =
        before.holder.empty() || before.holder == state.with.me || before.said == state.with.said;
    state.with.told({state.with.me, state.with.said, x.epoch, 0}, true);
    carry_out(self, state.work_rules.leads(x.epoch, before, is_free, self->clock().now()));
  }
  void operator()(const membership::stop_leading& x) const {
    if (x.lapsed)
      spdlog::warn("the lease of the leader could not be renewed; running work goes on");
    carry_out(self, self->state.work_rules.stopped(x));
  }
  void operator()(const membership::follow& x) const {
    auto& state = self->state;
    // The work goes first: it is not to see how its media hosts go to another leader.
    carry_out(self, state.work_rules.follows(x.whom.holder));
    state.with.told(x.whom, false);
    if (x.whom.holder != state.with.me)
      has_resigned(self);
  }
};

void carry_out(self_pointer self, const lease_effects& todo) {
  for (const auto& each : todo)
    std::visit(lease_carrier{self}, each);
}

void tick(self_pointer self) {
  auto& state = self->state;
  const auto now = self->clock().now();
  expect_work_to_go(state, now);
  carry_out(self, state.work_rules.tick(now));
  carry_out(self, state.lease->tick(now));
  watch(self);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(state.lease->wake_at() - now);
  const auto phase = state.work_rules.where();
  const bool watches = phase == stance::phase::waiting || phase == stance::phase::unsure;
  const auto pause = std::clamp<std::chrono::milliseconds>(
      left, shortest_tick, watches ? between_watches : longest_tick);
  if (state.tick_at > now && state.tick_at <= now + pause)
    return; // each timer wakes two threads
  state.tick_at = now + pause;
  self->delayed_send(self, pause, tick_atom::value, ++state.ticks);
}

caf::result<resigned> resign_now(self_pointer self) {
  auto& state = self->state;
  const bool led = state.lease->epoch() != 0;
  auto promise = self->make_response_promise<resigned>();
  carry_out(self, state.lease->resign(self->clock().now()));
  tick(self);
  if (led)
    state.resigning = promise;
  else
    promise.deliver(resigned{});
  return promise;
}

inner_actor::behavior_type lead(self_pointer self, means with) {
  auto& state = self->state;
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& down) { work_is_down(self, down); });
  state.lease.emplace(with.me, with.lease, with.said);
  state.work_rules = stance{with.terms};
  state.chance.seed(with.seed);
  state.store = spawn_keeper(self->system(), with);
  state.folder = spawn_folder_keeper(self->system(), with);
  if (!with.stands)
    state.lease->resign(self->clock().now());
  state.with = std::move(with);
  self->monitor(state.store);
  self->monitor(state.folder);
  tick(self);
  return {
      [self](const write_refused& it) {
        carry_out(self, self->state.work_rules.refused(it.epoch));
      },
      [self](const resign&) { return resign_now(self); },
      [self](tick_atom, std::uint64_t number) {
        if (number == self->state.ticks)
          tick(self);
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn<caf::detached>(lead, std::move(with)));
}

} // namespace vdoc::leader
