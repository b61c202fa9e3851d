#include "actors/storekeeper/hands.hpp"
#include "actors/storekeeper/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/ledger/artefact_tasks.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace vdoc::storekeeper {

namespace {

/// What came of an order that blocked.
struct carried_out {
  ticket which;
  bool is_list = false;
  std::vector<artefacts::result_file> files;
  std::optional<refusal> no;
};

} // namespace

} // namespace vdoc::storekeeper

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::carried_out)

namespace vdoc::storekeeper {

namespace {

using namespace std::chrono_literals;
using ledger::load_atom;
using ledger::outcome;

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using inner_actor = actor::extend<caf::reacts_to<load_atom, std::string>, caf::reacts_to<wake_atom>,
                                  caf::reacts_to<carried_out>>;

constexpr auto within = 4'000ms;

struct storekeeper_state {
  static inline const char* name = "STOREKEEPER";
  means with;
  std::shared_ptr<hands> body;
  std::optional<rules> thought;
  std::unordered_map<std::string, caf::typed_response_promise<published>> waiting; ///< by job
  std::int64_t wake_ms = 0; ///< steady time of the wake that is on its way
  resources::breaker::position told = resources::breaker::position::closed;
};
using self_pointer = inner_actor::stateful_pointer<storekeeper_state>;

void turn(self_pointer self);

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, ledger::artefacts_kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        auto& state = self->state;
        for (const auto& one : page)
          if (const auto it = ledger::artefact_task_in(one))
            state.thought->take_up(one.key, it->erases ? task::erase : task::move,
                                   it->since_unix_ms, state.with.steady_ms());
        turn(self);
      },
      [] {});
}

// --- what blocks --------------------------------------------------------------------------------

/// Lives for one order, on a thread of its own if it may block.
caf::behavior runner(caf::event_based_actor* self, const inner_actor& to,
                     const std::function<carried_out()>& work) {
  self->send(to, work());
  return {};
}

void run(self_pointer self, std::function<carried_out()> work) {
  const inner_actor me{self};
  if (self->state.with.detached)
    self->home_system().spawn<caf::detached>(runner, me, std::move(work));
  else
    self->home_system().spawn(runner, me, std::move(work));
}

/// Carries out one effect; one overload for each kind.
struct carrier {
  self_pointer self;

  void operator()(const look_at_job& it) const {
    const auto say = [self = self, which = it.which](standing how) {
      self->state.thought->stands(which, how, self->state.with.steady_ms());
      turn(self);
    };
    const auto reader = self->state.with.find_reader();
    if (!reader)
      return say(standing::unknown);
    self->request(reader, within, ledger::find_job{it.which.job})
        .then(
            [say](const ledger::found& it) {
              if (it.result == outcome::store_down)
                return say(standing::unknown);
              if (it.result == outcome::done && it.what.state == ledger::job_state::succeeded)
                return say(standing::succeeded);
              const bool open = it.result == outcome::done && !ledger::is_end(it.what.state);
              say(open ? standing::open : standing::gone);
            },
            [say](const caf::error&) { say(standing::unknown); });
  }
  void operator()(const list_files& it) const {
    run(self, [body = self->state.body, which = it.which] {
      carried_out how{which, true, {}, {}};
      try {
        how.files = body->files_of(which.job);
      } catch (const std::exception& wrong) {
        how.no = refusal{artefacts::cure::wait, wrong.what()};
      }
      return how;
    });
  }
  void operator()(const put_file& it) const {
    run(self, [body = self->state.body, it] {
      return carried_out{it.which, false, {}, body->put(it.which.job, it.path)};
    });
  }
  void operator()(const wipe& it) const {
    run(self, [body = self->state.body, which = it.which] {
      return carried_out{which, false, {}, body->wipe(which.job)};
    });
  }
  void operator()(const tell& it) const {
    auto& state = self->state;
    state.with.measures->artefacts.of({it.stored ? "stored" : "left"}).add();
    if (auto found = state.waiting.extract(it.job))
      found.mapped().deliver(published{it.stored, it.why});
  }
  void operator()(const forget& it) const {
    auto& state = self->state;
    if (it.done) {
      const bool moved = it.what == task::move;
      state.with.measures->artefacts.of({moved ? "moved" : "erased"}).add();
      log::say(log::level::normal,
               moved ? "results are in the store now" : "results are removed from the store",
               {{"job", it.job}});
    }
    const auto ledger = state.with.find_ledger();
    if (!ledger)
      return; // done once more by the next STOREKEEPER
    ledger::write what;
    what.documents = {ledger::no_artefact_task_of(it.job)};
    what.must_not_be_lost = true;
    self->request(ledger, caf::infinite, std::move(what))
        .then([](const ledger::all_written&) {}, [](const caf::error&) {});
  }
};

/// Who looks at breakers, and the log.
void show_breaker(self_pointer self) {
  auto& state = self->state;
  const auto& it = state.thought->breaker();
  using position = resources::breaker::position;
  const bool open = it.where() != position::closed;
  state.with.measures->set_artefacts(
      {"artefacts", resources::to_string(it.where()), it.failures(), open ? it.since_ms() : 0,
       it.where() == position::open ? it.next_trial_ms() : 0, state.thought->waiting()});
  const auto before = std::exchange(state.told, it.where());
  if (open && before == position::closed)
    log::say(log::level::error, "the artefact store is left alone; results stay in the data folder",
             {{"cause", state.thought->trouble()}});
  if (!open && before != position::closed)
    log::say(log::level::normal, "the artefact store is back",
             {{"waiting", std::to_string(state.thought->waiting())}});
}

void turn(self_pointer self) {
  auto& state = self->state;
  const auto now = state.with.steady_ms();
  for (const auto& one : state.thought->decide(now))
    std::visit(carrier{self}, one);
  show_breaker(self);
  const auto next = state.thought->next_ms(now);
  if (!next || (state.wake_ms > now && state.wake_ms <= *next))
    return;
  state.wake_ms = *next;
  self->delayed_send(self, std::chrono::milliseconds{*next - now}, wake_atom::value);
}

// --- what is asked ------------------------------------------------------------------------------

caf::result<published> on_publish(self_pointer self, const publish& asked) {
  auto& state = self->state;
  auto promise = self->make_response_promise<published>();
  state.waiting[asked.job_id] = promise;
  state.thought->publish(asked.job_id, state.with.steady_ms());
  turn(self);
  return promise;
}

/// Whoever asked does it again when the ledger does not take it.
caf::result<remembered> remember(self_pointer self, const std::string& job,
                                 const ledger::artefact_task& what) {
  auto promise = self->make_response_promise<remembered>();
  const auto ledger = self->state.with.find_ledger();
  if (!ledger) {
    promise.deliver(remembered{false});
    return promise;
  }
  ledger::write order;
  order.documents = {ledger::artefact_task_of(job, what)};
  order.must_not_be_lost = true;
  self->request(ledger, caf::infinite, std::move(order))
      .then(
          [self, job, what, promise](const ledger::all_written& how) mutable {
            const bool ok = how.trouble.empty() || how.spooled;
            promise.deliver(remembered{ok});
            if (!ok)
              return;
            auto& state = self->state;
            state.thought->take_up(job, what.erases ? task::erase : task::move, what.since_unix_ms,
                                   state.with.steady_ms());
            turn(self);
          },
          [promise](const caf::error&) mutable { promise.deliver(remembered{false}); });
  return promise;
}

inner_actor::behavior_type storekeeper(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  auto& state = self->state;
  state.thought.emplace(with.terms, with.seed);
  state.body = std::make_shared<hands>(with.connect, with.leads, with.jobs);
  state.with = std::move(with);
  self->send(self, load_atom::value, std::string{});
  return {
      [self](const publish& asked) { return on_publish(self, asked); },
      [self](const leave& asked) {
        return remember(self, asked.job_id, {false, self->state.with.unix_ms(), asked.why});
      },
      [self](const erase& asked) {
        return remember(self, asked.job_id, {true, self->state.with.unix_ms(), ""});
      },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](wake_atom) { turn(self); },
      [self](const carried_out& how) {
        auto& state = self->state;
        const auto now = state.with.steady_ms();
        if (how.is_list && !how.no)
          state.thought->listed(how.which, how.files, now);
        else
          state.thought->done(how.which, how.no, now);
        turn(self);
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(storekeeper, std::move(with)));
}

} // namespace vdoc::storekeeper
