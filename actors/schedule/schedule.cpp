#include "actors/schedule/spawn.hpp"
#include "actors/schedule/timetable.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <set>

namespace vdoc::schedule {

namespace {

using namespace std::chrono_literals;
using desk::refusal;
using ledger::outcome;

/// "Look what is due" and "read them", to itself.
using inner_actor = actor::extend<caf::reacts_to<caf::tick_atom>, caf::reacts_to<caf::open_atom>>;

/// The calendar may be set meanwhile, so it is looked at as often as that.
constexpr std::chrono::milliseconds between_looks = 1s;
constexpr auto within = 8s;
constexpr std::uint32_t documents_a_page = 1'000;

struct schedule_state {
  static inline const char* name = "SCHEDULE";
  means with;
  timetable table;
  std::set<std::string> under_way; ///< submits that are not answered
  bool loaded = false;
};

using self_pointer = inner_actor::stateful_pointer<schedule_state>;

desk::verdict away(const std::string& trouble) {
  return {refusal::busy, "the ledger is away: " + trouble, "try again", 1'000};
}

ledger::document document_of(const timetable& table, const std::string& key) {
  return {"schedule", key, table.stored(key)};
}

/// Writes the documents; the answer says whether that worked.
template <class Then>
void write(self_pointer self, std::vector<ledger::document> documents, Then then) {
  ledger::write order;
  order.documents = std::move(documents);
  self->request(self->state.with.find_ledger(), within, std::move(order))
      .then(
          [then](const ledger::all_written& how) mutable {
            then(how.trouble.empty() ? desk::verdict{} : away(how.trouble));
          },
          [self, then](const caf::error& why) mutable { then(away(self->system().render(why))); });
}

void submit_due(self_pointer self) {
  auto& state = self->state;
  const auto queue = state.with.find_queue();
  if (!queue)
    return;
  for (auto& one : state.table.due(state.with.unix_ms())) {
    if (!state.under_way.insert(one.key).second)
      continue;
    one.what.id = state.with.new_job_id();
    one.what.output = one.what.id;
    self->request(queue, within, queue::submit{{one.what}, {}})
        .then(
            [self, key = one.key, due = one.due_unix_ms](const queue::submitted& how) {
              auto& state = self->state;
              state.under_way.erase(key);
              if (how.each.at(0).how.why == refusal::busy)
                return; // and again with the next look
              state.table.submitted(key, due);
              if (state.table.find(key) != nullptr)
                write(self, {document_of(state.table, key)}, [](const desk::verdict&) {});
            },
            [self, key = one.key](const caf::error&) { self->state.under_way.erase(key); });
  }
}

void load(self_pointer self, const std::string& after) {
  self->request(self->state.with.find_reader(), within,
                ledger::read_documents{"schedule", after, documents_a_page})
      .then(
          [self](const ledger::documents& page) {
            if (page.result != outcome::done) {
              self->delayed_send(self, between_looks, caf::open_atom_v);
              return;
            }
            auto& state = self->state;
            for (const auto& one : page.all)
              state.table.take_stored(one.body);
            if (page.all.size() == documents_a_page)
              load(self, page.all.back().key);
            else
              state.loaded = true;
          },
          [self](const caf::error&) { self->delayed_send(self, between_looks, caf::open_atom_v); });
}

caf::result<done> take(self_pointer self, const put& asked) {
  auto& state = self->state;
  if (!state.loaded)
    return done{{refusal::busy, "the schedules are still being read", "try again", 500}};
  auto what = asked.what;
  what.last_unix_ms = 0;
  const auto since = state.with.unix_ms();
  timetable trial;
  if (auto how = trial.put(what, since); !how.ok())
    return done{std::move(how)};
  auto documents = asked.documents;
  documents.push_back(document_of(trial, timetable::key_of(what.what.tenant, what.name)));
  auto promise = self->make_response_promise<done>();
  write(self, std::move(documents), [=](desk::verdict how) mutable {
    if (how.ok())
      self->state.table.put(what, since);
    promise.deliver(done{std::move(how)});
  });
  return promise;
}

caf::result<done> take(self_pointer self, const remove& asked) {
  auto& state = self->state;
  const auto key = timetable::key_of(asked.tenant, asked.name);
  if (!state.loaded)
    return done{{refusal::busy, "the schedules are still being read", "try again", 500}};
  if (state.table.find(key) == nullptr)
    return done{{refusal::not_found, "there is no schedule " + asked.name, "", 0}};
  auto documents = asked.documents;
  documents.push_back({"schedule", key, ""});
  auto promise = self->make_response_promise<done>();
  write(self, std::move(documents), [=](desk::verdict how) mutable {
    if (how.ok())
      self->state.table.remove(key);
    promise.deliver(done{std::move(how)});
  });
  return promise;
}

inner_actor::behavior_type schedule(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  self->send(self, caf::open_atom_v);
  self->delayed_send(self, between_looks, caf::tick_atom_v);
  return {
      [self](const list&) { return listed{self->state.table.all()}; },
      [self](const put& asked) { return take(self, asked); },
      [self](const remove& asked) { return take(self, asked); },
      [self](caf::tick_atom) {
        submit_due(self);
        self->delayed_send(self, between_looks, caf::tick_atom_v);
      },
      [self](caf::open_atom) { load(self, ""); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(schedule, std::move(with)));
}

} // namespace vdoc::schedule
