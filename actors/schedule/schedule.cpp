#include "actors/schedule/spawn.hpp"
#include "actors/schedule/timetable.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/wire/read_pages.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace vdoc::schedule {

namespace {

using namespace std::chrono_literals;
using desk::refusal;
using ledger::load_atom;
using ledger::outcome;

using wake_atom = caf::atom_constant<caf::atom("wake")>;

constexpr auto within = 4'000ms;
/// The calendar may step: it is looked at as often as this, whatever is due next.
constexpr auto longest_nap = 1'000ms;
constexpr const char* kind = "schedule";

using inner_actor =
    actor::extend<caf::reacts_to<load_atom, std::string>, caf::reacts_to<wake_atom>>;

struct schedule_state {
  static inline const char* name = "SCHEDULE";
  means with;
  timetable table;
  bool loaded = false;
  std::set<std::string> under_way; ///< keys of the schedules that are being submitted
};
using self_pointer = inner_actor::stateful_pointer<schedule_state>;

desk::verdict not_now(std::string what) {
  return {refusal::busy, std::move(what), "try again", 1'000};
}

// --- at the start -----------------------------------------------------------------------------

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        for (const auto& one : page)
          if (!self->state.table.take_stored(one.body))
            spdlog::warn("schedule {} cannot be read: {}", one.key, one.body);
      },
      [self] {
        self->state.loaded = true;
        self->send(self, wake_atom::value);
      });
}

// --- what is due ------------------------------------------------------------------------------

/// So that a schedule that is due next month does not look as if it had never been.
void remember(self_pointer self, const std::string& key) {
  const auto ledger = self->state.with.find_ledger();
  const auto body = self->state.table.stored(key);
  if (!ledger || body.empty())
    return;
  ledger::write what;
  what.documents = {{kind, key, body, ledger::document::any_version}};
  // When it is lost, the time is submitted again, and known already.
  self->request(ledger, within, what)
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

/// Taken, or refused for good: the next time has its turn. Otherwise it is submitted again soon.
void submitted(self_pointer self, const submission& what, const desk::verdict& how) {
  self->state.under_way.erase(what.key);
  if (how.why == refusal::busy || how.why == refusal::over_quota || how.why == refusal::not_leader)
    return;
  if (!how.ok())
    spdlog::warn("schedule {} could not submit its job: {}", what.key, how.what);
  self->state.table.submitted(what.key, what.due_unix_ms);
  remember(self, what.key);
}

void submit(self_pointer self, submission what) {
  const auto queue = self->state.with.find_queue();
  if (!queue || !self->state.under_way.insert(what.key).second)
    return;
  what.what.id = self->state.with.new_job_id();
  what.what.output = what.what.id;
  self->request(queue, within, queue::submit{{what.what}})
      .then(
          [self, what](const queue::submitted& how) { submitted(self, what, how.each.at(0).how); },
          [self, what](const caf::error&) {
            submitted(self, what, not_now("QUEUE does not answer"));
          });
}

void wake(self_pointer self) {
  auto& state = self->state;
  const auto now = state.with.unix_ms();
  for (auto& one : state.table.due(now))
    submit(self, std::move(one));
  const auto next = state.table.next_unix_ms();
  const std::chrono::milliseconds wait{next ? std::max<std::int64_t>(*next - now, 0) : INT64_MAX};
  self->delayed_send(self, std::clamp<std::chrono::milliseconds>(wait, 200ms, longest_nap),
                     wake_atom::value);
}

// --- what the desk asks -----------------------------------------------------------------------

/// Writes the document (an empty body removes it) with its line of the audit log, then calls `then`
/// if it is committed.
template <class Then>
caf::result<settled> write(self_pointer self, ledger::document what,
                           const std::optional<ledger::document>& line, Then then) {
  const auto ledger = self->state.with.find_ledger();
  if (!ledger)
    return settled{not_now("the ledger is being restarted")};
  auto promise = self->make_response_promise<settled>();
  ledger::write all;
  all.documents = {std::move(what)};
  if (line)
    all.documents.push_back(*line);
  self->request(ledger, within, all)
      .then(
          [promise, then](const ledger::all_written& how) mutable {
            const bool done = how.documents.at(0).result == outcome::done;
            if (done)
              then();
            promise.deliver(
                settled{done ? desk::verdict{} : not_now("the ledger is away: " + how.trouble)});
          },
          [promise](const caf::error&) mutable {
            promise.deliver(settled{not_now("the ledger does not answer")});
          });
  return promise;
}

caf::result<settled> take(self_pointer self, const put& asked) {
  auto& state = self->state;
  if (!state.loaded)
    return settled{not_now("the schedules are still being read")};
  const auto key = timetable::key_of(asked.what.what.tenant, asked.what.name);
  timetable trial;
  auto what = asked.what;
  what.last_unix_ms = 0;
  if (auto how = trial.put(std::move(what), state.with.unix_ms()); !how.ok())
    return settled{std::move(how)};
  auto body = trial.stored(key);
  return write(self, {kind, key, body, ledger::document::any_version}, asked.line,
               [self, body] { self->state.table.take_stored(body); });
}

caf::result<settled> take(self_pointer self, const remove& asked) {
  auto& state = self->state;
  if (!state.loaded)
    return settled{not_now("the schedules are still being read")};
  const auto key = timetable::key_of(asked.tenant, asked.name);
  if (state.table.find(key) == nullptr)
    return settled{{refusal::not_found, "there is no schedule " + key, "", 0}};
  return write(self, {kind, key, "", ledger::document::any_version}, asked.line,
               [self, key] { self->state.table.remove(key); });
}

desk::schedule_views seen(const schedule_state& state) {
  if (!state.loaded)
    return {not_now("the schedules are still being read"), {}};
  return {{}, state.table.all()};
}

inner_actor::behavior_type schedule(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  self->send(self, load_atom::value, std::string{});
  return {
      [self](const put& asked) { return take(self, asked); },
      [self](const remove& asked) { return take(self, asked); },
      [self](const look&) { return seen(self->state); },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](wake_atom) { wake(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(schedule, std::move(with)));
}

} // namespace vdoc::schedule
