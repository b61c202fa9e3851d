#include "actors/queue/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

/// QUEUE towards LEDGER and READER.
namespace vdoc::queue {

using namespace std::chrono_literals;
using ledger::event_kind;
using ledger::outcome;

namespace {

constexpr std::uint32_t most_flying = 2;
constexpr std::size_t most_entries = 4'096;
constexpr auto between_checks = 500ms;
constexpr auto health_within = 2s;
constexpr auto read_within = 8s;
constexpr std::uint32_t jobs_a_page = 1'000;
constexpr std::uint32_t documents_a_page = 1'000;

std::string_view state_of(event_kind kind) {
  switch (kind) {
  case event_kind::started:
  case event_kind::resumed:
    return "running";
  case event_kind::due:
  case event_kind::requeued:
    return "queued";
  default:
    return {};
  }
}

void ledger_is_away(self_pointer self, const std::string& trouble) {
  auto& state = self->state;
  state.trouble = trouble.empty() ? "it does not answer" : trouble;
  if (std::exchange(state.away, true))
    return;
  state.thought->ledger_away(true);
  self->delayed_send(self, between_checks, health_atom::value);
}

// --- what became of a write -------------------------------------------------------------------

void job_written(self_pointer self, const place_in<submission>& who, const ledger::job& job,
                 const ledger::written& how) {
  auto& state = self->state;
  auto& answer = who.whose->each.at(who.at);
  state.thought->release(job.tenant, 1);
  answer.job_id = how.job_id;
  if (how.result == outcome::known_already) {
    answer.known_already = true;
  } else if (how.result == outcome::store_down) {
    answer.job_id.clear();
    answer.how = {desk::refusal::busy, "the ledger is away: " + state.trouble, "try again", 1'000};
  } else if (how.result != outcome::done) {
    answer.job_id.clear();
    answer.how = {desk::refusal::bad_request,
                  "the ledger does not take the job: " + ledger::to_string(how.result), "", 0};
  } else {
    ++state.since_start.submitted;
    ledger::job_record taken;
    taken.what = job;
    const bool waits = job.not_before_unix_ms > 0 || !job.after.empty();
    taken.state = waits ? ledger::job_state::scheduled : ledger::job_state::queued;
    taken.submitted_unix_ms = state.with.unix_ms();
    state.thought->take_up(taken, now_of(self));
    tell_state(self, job.id, job.tenant, ledger::to_string(taken.state), 0, "");
  }
  who.whose->settled();
}

void count(tallied& all, event_kind kind) {
  if (kind == event_kind::succeeded)
    ++all.succeeded;
  else if (kind == event_kind::failed)
    ++all.failed;
  else if (kind == event_kind::cancelled)
    ++all.cancelled;
  else if (kind == event_kind::retrying)
    ++all.retried;
}

void record_written(self_pointer self, const record& what, outcome how) {
  auto& state = self->state;
  if (how == outcome::done) {
    count(state.since_start, what.kind);
    const auto state_word = state_of(what.kind);
    if (what.kind != event_kind::reprioritised)
      tell_state(self, to_string(what.key), tenant_of(self, what.key),
                 state_word.empty() ? ledger::to_string(what.kind) : state_word, what.fence,
                 what.cause);
  }
  state.thought->committed(what, how, now_of(self));
}

void begin_written(self_pointer self, const begin& what, outcome how) {
  auto& state = self->state;
  if (how == outcome::done) {
    ++state.since_start.started;
    tell_state(self, to_string(what.key), tenant_of(self, what.key), "running", what.attempt, "");
  }
  state.thought->begun(what, how, now_of(self));
}

void reopening_written(self_pointer self, const reopening& what, outcome how) {
  auto& state = self->state;
  if (how == outcome::done) {
    state.thought->take_up(what.job, now_of(self));
    tell_state(self, what.job.what.id, what.job.what.tenant, "queued", what.job.attempts, "");
    answer_ticket(self, what.whose, {});
  } else if (how == outcome::store_down) {
    answer_ticket(
        self, what.whose,
        {desk::refusal::busy, "the ledger is away: " + state.trouble, "try again", 1'000});
  } else {
    answer_ticket(
        self, what.whose,
        {desk::refusal::conflict, "the job has moved on meanwhile", "look at it again", 0});
  }
}

void event_written(self_pointer self, const meaning& why, outcome how) {
  if (const auto* begins = std::get_if<begin>(&why))
    begin_written(self, *begins, how);
  else if (const auto* it = std::get_if<record>(&why))
    record_written(self, *it, how);
  else if (const auto* again = std::get_if<reopening>(&why))
    reopening_written(self, *again, how);
}

/// Nobody knows whether it was written: LEDGER has crashed. What has happened is said again to the
/// next one, which refuses what it knows; with the rest QUEUE begins anew, as after a crash.
void fate_unknown(self_pointer self, const std::string& why) {
  self->quit(caf::make_error(caf::sec::runtime_error, "LEDGER was lost during a write: " + why));
}

void settle(self_pointer self, outgoing& sent, const std::vector<ledger::job>& jobs,
            const ledger::all_written& how) {
  for (std::size_t i = 0; i < jobs.size(); ++i)
    job_written(self, sent.jobs[i], jobs[i], how.jobs.at(i));
  for (std::size_t i = 0; i < sent.events.size(); ++i)
    event_written(self, sent.events[i], how.spooled ? outcome::done : how.events.at(i).result);
  for (std::size_t i = 0; i < sent.documents.size(); ++i)
    if (sent.documents[i])
      sent.documents[i](how.spooled ? outcome::done : how.documents.at(i).result);
}

void send_lane(self_pointer self, lane& where, bool keep) {
  auto& state = self->state;
  auto sent = std::make_shared<outgoing>(std::exchange(where.next, {}));
  sent->what.must_not_be_lost = keep;
  ++where.flying;
  self->request(state.ledger, caf::infinite, sent->what)
      .then(
          [self, sent, keep](const ledger::all_written& how) {
            auto& state = self->state;
            auto& where = keep ? state.kept : state.asked;
            --where.flying;
            if (!how.trouble.empty())
              ledger_is_away(self, how.trouble);
            if (keep && !how.trouble.empty() && !how.spooled) { // not even spooled: once more
              self->delayed_send(self, between_checks, wake_atom::value);
              auto& next = where.next;
              next.what.events.insert(next.what.events.begin(), sent->what.events.begin(),
                                      sent->what.events.end());
              next.events.insert(next.events.begin(), sent->events.begin(), sent->events.end());
              next.what.documents.insert(next.what.documents.begin(), sent->what.documents.begin(),
                                         sent->what.documents.end());
              next.documents.insert(next.documents.begin(), sent->documents.begin(),
                                    sent->documents.end());
              return;
            }
            settle(self, *sent, sent->what.jobs, how);
            turn(self);
          },
          [self](const caf::error& why) { fate_unknown(self, self->system().render(why)); });
}

} // namespace

void flush(self_pointer self) {
  auto& state = self->state;
  if (!state.asked.next.empty() && state.asked.flying < most_flying)
    send_lane(self, state.asked, false);
  if (!state.kept.next.empty() && state.kept.flying < most_flying)
    send_lane(self, state.kept, true);
}

void put_event(self_pointer, lane& where, ledger::event what, meaning why) {
  where.next.what.events.push_back(std::move(what));
  where.next.events.push_back(std::move(why));
}

void write_begin(self_pointer self, const begin& what) {
  auto& state = self->state;
  ledger::event event;
  event.job_id = to_string(what.key);
  if (what.due_first) {
    event.kind = event_kind::due;
    put_event(self, state.asked, event, {});
  }
  event.kind = what.resume ? event_kind::resumed : event_kind::started;
  event.fence = what.attempt - 1;
  put_event(self, state.asked, std::move(event), what);
}

void write_record(self_pointer self, const record& what) {
  auto& state = self->state;
  ledger::event event;
  event.job_id = to_string(what.key);
  event.kind = what.kind;
  event.cause = what.cause;
  event.detail = what.detail;
  event.fence = what.fence;
  event.at_unix_ms = what.keep ? state.with.unix_ms() : 0; // spooled or not, it happened now
  put_event(self, what.keep ? state.kept : state.asked, std::move(event), what);
}

void write_document(self_pointer self, ledger::document what, on_written then) {
  auto& next = self->state.asked.next;
  next.what.documents.push_back(std::move(what));
  next.documents.push_back(std::move(then));
}

void keep_bytes(self_pointer self, const std::string& tenant, std::int64_t more) {
  auto& state = self->state;
  auto& sum = state.bytes[tenant];
  sum += more;
  state.thought->add_bytes(tenant, more);
  auto& next = state.kept.next;
  const auto body = nlohmann::json{{"bytes", sum}}.dump();
  for (auto& one : next.what.documents)
    if (one.kind == "usage" && one.key == tenant) {
      one.body = body;
      return;
    }
  next.what.documents.push_back({"usage", tenant, body});
  next.documents.emplace_back();
}

void answer_ticket(self_pointer self, ticket whose, desk::verdict how) {
  const auto found = self->state.tickets.extract(whose);
  if (found.empty())
    return;
  auto& place = found.mapped();
  place.whose->each.at(place.at) = std::move(how);
  place.whose->settled();
}

void ask_for_health(self_pointer self) {
  auto& state = self->state;
  if (!state.away)
    return;
  state.ledger = state.with.find_ledger();
  self->delayed_send(self, between_checks, health_atom::value);
  self->request(state.ledger, health_within, ledger::health_of{})
      .then(
          [self](const ledger::health& how) {
            auto& state = self->state;
            if (!how.up || !state.away) {
              state.trouble = how.trouble;
              return;
            }
            state.away = false;
            state.trouble.clear();
            state.thought->ledger_away(false);
            turn(self);
          },
          [self](const caf::error& why) { self->state.trouble = self->system().render(why); });
}

void look_up_job(self_pointer self, const job_key& key) {
  const auto id = to_string(key);
  self->request(self->state.reader, read_within, ledger::find_job{id})
      .then(
          [self, key, id](const ledger::found& it) {
            if (it.result == outcome::store_down) {
              self->delayed_send(self, 1s, ask_atom::value, id);
              return;
            }
            self->state.thought->known(
                key, it.result == outcome::done ? it.what.state : ledger::job_state::unknown);
            turn(self);
          },
          [self, id](const caf::error&) {
            self->state.reader = self->state.with.find_reader();
            self->delayed_send(self, 1s, ask_atom::value, id);
          });
}

// --- the beginning ----------------------------------------------------------------------------

namespace {

void load_again(self_pointer self) {
  self->state.ledger = self->state.with.find_ledger();
  self->state.reader = self->state.with.find_reader();
  self->delayed_send(self, between_checks, load_atom::value);
}

void load_page(self_pointer self, const std::string& after) {
  self->request(self->state.reader, read_within, ledger::list_open_jobs{after, jobs_a_page})
      .then(
          [self](const ledger::job_page& page) {
            if (page.result != outcome::done)
              return load_again(self);
            auto& state = self->state;
            for (const auto& one : page.jobs)
              state.thought->take_up(one, now_of(self));
            if (page.jobs.size() == jobs_a_page) {
              load_page(self, page.jobs.back().what.id);
            } else {
              state.thought->loaded();
              turn(self);
            }
          },
          [self](const caf::error&) { load_again(self); });
}

} // namespace

namespace {

void read_terms(self_pointer self, const ledger::document& from) {
  const auto body = nlohmann::json::parse(from.body, nullptr, false);
  if (body.is_object())
    apply_terms(self, from.key,
                {body.value("paused", false), body.value("concurrency", 0U),
                 body.value("starts_per_min", 0U)});
}

void read_usage(self_pointer self, const ledger::document& from) {
  const auto body = nlohmann::json::parse(from.body, nullptr, false);
  if (!body.is_object())
    return;
  auto& sum = self->state.bytes[from.key];
  const auto now = body.value("bytes", std::int64_t{0});
  self->state.thought->add_bytes(from.key, now - sum);
  sum = now;
}

/// All documents of a kind, then what comes next.
void load_documents(self_pointer self, const std::string& kind,
                    void (*each)(self_pointer, const ledger::document&),
                    const std::function<void()>& then, const std::string& after = {}) {
  self->request(self->state.reader, read_within,
                ledger::read_documents{kind, after, documents_a_page})
      .then(
          [=](const ledger::documents& page) {
            if (page.result != outcome::done)
              return load_again(self);
            for (const auto& one : page.all)
              each(self, one);
            if (page.all.size() == documents_a_page)
              load_documents(self, kind, each, then, page.all.back().key);
            else
              then();
          },
          [self](const caf::error&) { load_again(self); });
}

} // namespace

/// All that the QUEUE before this one has said must be written before the jobs are read.
void load(self_pointer self) {
  self->request(self->state.ledger, health_within, ledger::health_of{})
      .then(
          [self](const ledger::health& how) {
            self->state.trouble = how.trouble;
            if (!how.up || how.spooled > 0)
              return load_again(self);
            load_documents(self, "queue", read_terms, [self] {
              load_documents(self, "usage", read_usage, [self] { load_page(self, ""); });
            });
          },
          [self](const caf::error&) { load_again(self); });
}

} // namespace vdoc::queue
