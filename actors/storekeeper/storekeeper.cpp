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
#include <array>
#include <chrono>
#include <unordered_map>

namespace vdoc::storekeeper {

namespace {

/// What came of an order that blocked.
struct carried_out {
  ticket which;
  enum class kind : std::uint8_t { other, list, drop } what = kind::other;
  hands::results found;
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
  std::array<resources::breaker::position, 2> told{}; ///< of each store
};
using self_pointer = inner_actor::stateful_pointer<storekeeper_state>;

void turn(self_pointer self);

/// Into the ledger, or its spool; `then` hears whether it is there.
template <class Then>
void write_down(self_pointer self, std::vector<ledger::document> what,
                std::vector<ledger::event> events, Then then) {
  const auto ledger = self->state.with.find_ledger();
  if (!ledger)
    return then(false);
  ledger::write order;
  order.events = std::move(events);
  order.documents = std::move(what);
  order.must_not_be_lost = true;
  self->request(ledger, caf::infinite, std::move(order))
      .then(
          [then](const ledger::all_written& how) mutable {
            then(how.trouble.empty() || how.spooled);
          },
          [then](const caf::error&) mutable { then(false); });
}

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, ledger::artefacts_kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        auto& state = self->state;
        for (const auto& one : page)
          if (const auto it = ledger::artefact_task_in(one))
            state.thought->take_up(one.key, *it, state.with.steady_ms());
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
    run(self, [body = self->state.body, it] {
      carried_out how{it.which, carried_out::kind::list, {}, {}};
      try {
        how.found = body->files_of(it.which.job, it.or_in_fallback);
      } catch (const std::exception& wrong) {
        how.no = refusal{artefacts::cure::wait, wrong.what(), true};
      }
      return how;
    });
  }
  void operator()(const put_file& it) const {
    run(self, [body = self->state.body, it] {
      return carried_out{it.which, {}, {}, body->put(it.which.job, it)};
    });
  }
  void operator()(const wipe& it) const {
    run(self, [body = self->state.body, it] {
      return carried_out{it.which, {}, {}, body->wipe(it.which.job, it.from)};
    });
  }
  void operator()(const drop_copy& it) const {
    run(self, [body = self->state.body, it] {
      return carried_out{it.which, carried_out::kind::drop, {}, body->drop(it.which.job)};
    });
  }
  void operator()(const tell& it) const {
    auto& state = self->state;
    // Else its JOB, which is ended in a moment, would write a report beside that of the next one.
    if (!it.stored && !state.with.leads())
      return;
    const bool to_store = it.to == target::store;
    const bool may_go_on = !it.stored && to_store && state.with.connect_fallback;
    if (!may_go_on)
      count(it.stored ? to_store ? "stored" : "fallback" : "left");
    if (auto found = state.waiting.extract(it.job))
      found.mapped().deliver(
          published{it.stored, it.why, may_go_on ? state.with.fallback_name : ""});
  }
  void operator()(const note& it) const {
    using kind = ledger::artefact_task::kind;
    const auto now = self->state.with.unix_ms();
    const auto what = it.what == task::move    ? kind::move
                      : it.what == task::clear ? kind::clear
                                               : kind::drop;
    write_down(self, {ledger::artefact_task_of(it.which.job, {what, now, "", it.in_fallback})},
               moved(it.which.job, it.moved), [self = self, which = it.which, now](bool ok) {
                 self->state.thought->noted(which, ok, now, self->state.with.steady_ms());
                 turn(self);
               });
  }
  void operator()(const forget& it) const {
    if (it.done && it.what == task::erase) {
      count("erased");
      log::say(log::level::normal, "results are removed from the store", {{"job", it.job}});
    }
    // Of what is not taken now the next STOREKEEPER takes care once more.
    write_down(self, {ledger::no_artefact_task_of(it.job)},
               moved(it.job, it.done && it.what == task::move), [](bool) {});
  }

private:
  void count(const char* result) const { self->state.with.measures->artefacts.of({result}).add(); }
  /// That in the job's history, if it is so.
  [[nodiscard]] std::vector<ledger::event> moved(const std::string& job, bool is_so) const {
    if (!is_so)
      return {};
    count("moved");
    log::say(log::level::normal, "results are in the store now", {{"job", job}});
    ledger::event what;
    what.job_id = job;
    what.kind = ledger::event_kind::warned;
    what.cause = "the results are in the artefact store now";
    what.at_unix_ms = self->state.with.unix_ms();
    return {what};
  }
};

/// Who looks at breakers, and the log.
resources::breaker_reading show_breaker(self_pointer self, target of) {
  auto& state = self->state;
  const auto& it = state.thought->breaker(of);
  using position = resources::breaker::position;
  const bool open = it.where() != position::closed;
  const bool is_store = of == target::store;
  auto& told = state.told.at(static_cast<std::size_t>(of));
  const auto before = std::exchange(told, it.where());
  if (open && before == position::closed)
    log::say(log::level::error,
             is_store ? "the artefact store is left alone; results are kept elsewhere meanwhile"
                      : "the fallback store is left alone; results stay in the data folder",
             {{"cause", state.thought->trouble(of)}});
  if (!open && before != position::closed)
    log::say(log::level::normal,
             is_store ? "the artefact store is back" : "the fallback store is back",
             {{"waiting", std::to_string(state.thought->waiting(of))}});
  return {is_store ? "artefacts" : "artefacts fallback",
          resources::to_string(it.where()),
          it.failures(),
          open ? it.since_ms() : 0,
          it.where() == position::open ? it.next_trial_ms() : 0,
          state.thought->waiting(of),
          is_store ? 0 : state.thought->in_fallback()};
}

void show_breakers(self_pointer self) {
  const auto& with = self->state.with;
  const auto& thought = *self->state.thought;
  std::vector all{show_breaker(self, target::store)};
  if (with.connect_fallback)
    all.push_back(show_breaker(self, target::fallback));
  with.measures->set_artefacts({std::move(all), thought.in_folder(), thought.in_fallback()});
}

void turn(self_pointer self) {
  auto& state = self->state;
  const auto now = state.with.steady_ms();
  for (const auto& one : state.thought->decide(now))
    std::visit(carrier{self}, one);
  show_breakers(self);
  const auto next = state.thought->next_ms(now);
  if (!next || (state.wake_ms > now && state.wake_ms <= *next))
    return;
  state.wake_ms = *next;
  self->delayed_send(self, std::chrono::milliseconds{*next - now}, wake_atom::value);
}

void say_dropped(self_pointer self, const carried_out& how) {
  if (how.no)
    return log::say(log::level::warning, "the copy of results in the data folder stays for now",
                    {{"job", how.which.job}, {"cause", how.no->why}});
  self->state.with.measures->artefacts.of({"dropped"}).add();
  log::say(log::level::normal, "the store alone has the results now", {{"job", how.which.job}});
}

// --- what is asked ------------------------------------------------------------------------------

caf::result<published> on_publish(self_pointer self, const publish& asked) {
  auto& state = self->state;
  auto promise = self->make_response_promise<published>();
  state.waiting[asked.job_id] = promise;
  state.thought->publish(asked.job_id, asked.to, state.with.steady_ms());
  turn(self);
  return promise;
}

/// Whoever asked does it again when the ledger does not take it.
caf::result<remembered> remember(self_pointer self, const std::string& job,
                                 const ledger::artefact_task& what) {
  auto promise = self->make_response_promise<remembered>();
  write_down(self, {ledger::artefact_task_of(job, what)}, {},
             [self, job, what, promise](bool ok) mutable {
               promise.deliver(remembered{ok});
               if (!ok)
                 return;
               self->state.thought->take_up(job, what, self->state.with.steady_ms());
               turn(self);
             });
  return promise;
}

inner_actor::behavior_type storekeeper(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  auto& state = self->state;
  with.terms.has_fallback = static_cast<bool>(with.connect_fallback);
  state.thought.emplace(with.terms, with.seed);
  state.body = std::make_shared<hands>(with.connect, with.connect_fallback, with.leads, with.jobs,
                                       with.passing);
  state.with = std::move(with);
  self->send(self, load_atom::value, std::string{});
  return {
      [self](const publish& asked) { return on_publish(self, asked); },
      [self](const leave& asked) {
        const auto& with = self->state.with;
        return remember(self, asked.job_id,
                        {ledger::artefact_task::kind::move, with.unix_ms(), asked.why,
                         with.connect_fallback ? fallback_part::part : fallback_part::none});
      },
      [self](const erase& asked) {
        return remember(self, asked.job_id,
                        {ledger::artefact_task::kind::erase, self->state.with.unix_ms(), "", {}});
      },
      [self](const reset& asked) {
        self->state.thought->reset(asked.of, self->state.with.steady_ms());
        turn(self);
      },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](wake_atom) { turn(self); },
      [self](const carried_out& how) {
        if (how.what == carried_out::kind::drop)
          say_dropped(self, how);
        auto& state = self->state;
        const auto now = state.with.steady_ms();
        if (how.what == carried_out::kind::list && !how.no)
          state.thought->listed(how.which, how.found.files, how.found.from_fallback, now);
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
