#include "actors/queue/shell.hpp"
#include "cluster/desk/delivery.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// QUEUE towards LEDGER and READER.
namespace vdoc::queue {

using namespace std::chrono_literals;
using ledger::outcome;

namespace {

constexpr std::uint32_t most_flying = 2;
constexpr auto between_checks = 500ms;
constexpr auto ask_again_after = 1s;
constexpr double ms_per_s = 1'000;

// --- what became of a write -------------------------------------------------------------------

/// One more job of a submission is settled; the last one answers it.
void settle_one(submission& whose) {
  if (--whose.open == 0)
    whose.promise.deliver(submitted{std::move(whose.each)});
}

void take_up_written(self_pointer self, const ledger::job& job, std::uint64_t sequence) {
  auto& state = self->state;
  ledger::job_record taken;
  taken.what = job;
  const bool waits = job.not_before_unix_ms > 0 || !job.after.empty();
  taken.state = waits ? ledger::job_state::scheduled : ledger::job_state::queued;
  taken.submitted_unix_ms = state.with.unix_ms();
  remember_words(state, job);
  state.thought->take_up(taken, now_of(self));
  state_changed(self, {job.id, ledger::job_state::unknown, taken.state, "", 0, job.tenant,
                       job.queue, taken.submitted_unix_ms, sequence});
}

void job_written(self_pointer self, const place_in& who, const ledger::job& job,
                 const ledger::written& how) {
  auto& state = self->state;
  auto& answer = who.whose->each.at(who.at);
  if (!who.expected)
    state.thought->release(job.tenant, 1);
  else if (const auto key = job_key_from(job.id); key && how.result != outcome::done)
    state.thought->withdraw(*key);
  if (how.result == outcome::done) {
    answer.job_id = how.job_id;
    take_up_written(self, job, how.sequence);
  } else if (how.result == outcome::known_already) {
    answer.job_id = how.job_id;
    answer.known_already = true;
    take_up_missed(self, how.job_id);
  } else if (how.result == outcome::store_down) {
    answer.how = ledger_away(state);
  } else {
    answer.how = {desk::refusal::bad_request,
                  "the ledger does not take the job: " + ledger::to_string(how.result), "", 0};
  }
  settle_one(*who.whose);
}

void reopening_written(self_pointer self, const reopening& what, const ledger::event& event,
                       const ledger::written& how) {
  auto& state = self->state;
  if (how.result == outcome::done) {
    const auto& job = what.job.what;
    remember_words(state, job);
    state.thought->take_up(what.job, now_of(self));
    state_changed(self, {job.id, what.was, what.job.state, event.cause, what.job.attempts,
                         job.tenant, job.queue, state.with.unix_ms(), how.sequence});
    answer_ticket(self, what.whose, {});
  } else if (how.result == outcome::store_down) {
    answer_ticket(self, what.whose, ledger_away(state));
  } else {
    answer_ticket(
        self, what.whose,
        {desk::refusal::conflict, "the job has moved on meanwhile", "look at it again", 0});
  }
}

/// One line for each step of a job. Of those that do nothing there may be thousands a second.
void log_change(const ledger::event& event, const change& it, const std::string& trace) {
  const bool bad = it.after == ledger::job_state::failed || it.after == ledger::job_state::retrying;
  const auto level = it.noop ? log::level::debug : (bad ? log::level::warning : log::level::normal);
  if (log::is_seen(level))
    log::say(level, "job " + ledger::to_string(it.after),
             {{"job", event.job_id},
              {"attempt", std::to_string(it.attempt)},
              {"tenant", it.tenant},
              {"queue", it.queue},
              {"trace", trace},
              {"cause", event.cause}});
}

/// The job's; taken out when it is at its end.
std::string trace_of(queue_state& state, const job_key& key, ledger::job_state after) {
  const auto found = state.traces.find(key);
  if (found == state.traces.end())
    return {};
  auto trace = found->second;
  if (ledger::is_end(after))
    state.traces.erase(found);
  return trace;
}

void tell_written(self_pointer self, const ledger::event& event, std::uint64_t sequence) {
  auto& state = self->state;
  const auto key = job_key_from(event.job_id);
  if (!key)
    return;
  auto it = state.thought->written(*key, event.kind, now_of(self));
  if (it.waited_ms >= 0)
    state.with.measures->waiting_s.of({it.queue})
        .observe(static_cast<double>(it.waited_ms) / ms_per_s);
  if (it.after != it.before)
    log_change(event, it, trace_of(state, *key, it.after));
  if (ledger::is_end(it.after) && !it.noop && it.attempt > 0 && state.with.count)
    state.with.count(event.job_id, it.tenant);
  if (it.after != ledger::job_state::unknown)
    state_changed(self,
                  {event.job_id, it.before, it.after, event.cause, it.attempt, std::move(it.tenant),
                   std::move(it.queue),
                   event.at_unix_ms != 0 ? event.at_unix_ms : state.with.unix_ms(), sequence});
}

bool is_end(const ledger::event& what) {
  return ledger::is_end(ledger::state_after({}, what.kind));
}

/// Whoever waits for the job's end is told of it, or, when somebody else has written one, by them.
void tell_of_end(queue_state& state, const ledger::event& event, outcome result) {
  if (result == outcome::store_down || !is_end(event))
    return;
  if (const auto key = job_key_from(event.job_id))
    state.to_be_told.erase(*key);
  if (result == outcome::done && state.with.deliver)
    for (const auto& one : event.papers)
      if (one.kind == desk::delivery_kind)
        state.with.deliver(one);
}

void event_written(self_pointer self, const meaning& why, const ledger::event& event,
                   const ledger::written& how) {
  auto& thought = *self->state.thought;
  if (how.result == outcome::done)
    tell_written(self, event, how.sequence);
  tell_of_end(self->state, event, how.result);
  if (const auto* begins = std::get_if<begin>(&why)) {
    thought.begun(*begins, how.result, now_of(self));
    if (how.result != outcome::done && how.result != outcome::store_down)
      take_up_missed(self, event.job_id); // it may have begun when it was in doubt whether it had
  } else if (const auto* it = std::get_if<record>(&why)) {
    thought.committed(*it, how.result, now_of(self));
    if (it->kind == ledger::event_kind::reprioritised && how.result == outcome::done)
      rank_job(self, it->key);
  } else if (const auto* again = std::get_if<reopening>(&why)) {
    reopening_written(self, *again, event, how);
  }
}

void settle(self_pointer self, const outgoing& sent, const ledger::all_written& how) {
  for (std::size_t i = 0; i < sent.jobs.size(); ++i)
    job_written(self, sent.jobs[i], sent.what.jobs[i], how.jobs.at(i));
  for (std::size_t i = 0; i < sent.events.size(); ++i)
    event_written(self, sent.events[i], sent.what.events[i],
                  how.spooled ? ledger::written{} : how.events.at(i));
}

/// Jobs that are refused may be written all the same: looked for when the ledger is back.
void remember_doubt(queue_state& state, const outgoing& sent, const ledger::all_written& how) {
  for (std::size_t i = 0; i < sent.what.jobs.size(); ++i)
    if (how.in_doubt && how.jobs.at(i).result == outcome::store_down)
      state.in_doubt.push_back(sent.what.jobs[i].id);
}

/// It has happened and must be written, but could not even be spooled.
void once_more(self_pointer self, const outgoing& sent) {
  auto& next = self->state.kept.next;
  next.what.events.insert(next.what.events.begin(), sent.what.events.begin(),
                          sent.what.events.end());
  next.events.insert(next.events.begin(), sent.events.begin(), sent.events.end());
  self->delayed_send(self, between_checks, wake_atom::value);
}

void send_lane(self_pointer self, lane& where, bool keep) {
  auto sent = std::make_shared<outgoing>(std::exchange(where.next, {}));
  sent->what.must_not_be_lost = keep;
  ++where.flying;
  self->request(self->state.ledger, caf::infinite, sent->what)
      .then(
          [self, sent, keep](const ledger::all_written& how) {
            auto& state = self->state;
            --(keep ? state.kept : state.asked).flying;
            if (!how.trouble.empty())
              ledger_is_away(self, how.trouble);
            if (keep && !how.trouble.empty() && !how.spooled) {
              once_more(self, *sent);
              return;
            }
            remember_doubt(state, *sent, how);
            settle(self, *sent, how);
            turn(self);
          },
          [self](const caf::error& why) { fate_unknown(self, self->system().render(why)); });
}

} // namespace

void ledger_is_away(self_pointer self, const std::string& trouble) {
  auto& state = self->state;
  state.trouble = trouble.empty() ? "it does not answer" : trouble;
  if (std::exchange(state.away, true))
    return;
  state.thought->ledger_away(true);
  take_stock(self);
  self->delayed_send(self, between_checks, health_atom::value);
}

void fate_unknown(self_pointer self, const std::string& why) {
  self->quit(caf::make_error(caf::sec::runtime_error, "LEDGER was lost during a write: " + why));
}

desk::verdict ledger_away(const queue_state& state) {
  return desk::ledger_away(state.trouble);
}

void state_changed(self_pointer self, const desk::state_news& what) {
  auto& state = self->state;
  if (what.before != what.now)
    state.with.measures->states.of({what.queue, ledger::to_string(what.now)}).add();
  state.tells.state(what);
}

void flush(self_pointer self) {
  auto& state = self->state;
  if (!state.ledger) // not found yet: `load` sees to it
    return;
  if (!state.asked.next.empty() && state.asked.flying < most_flying)
    send_lane(self, state.asked, false);
  if (!state.kept.next.empty() && state.kept.flying < most_flying)
    send_lane(self, state.kept, true);
}

void put_event(lane& where, ledger::event what, meaning why) {
  where.next.what.events.push_back(std::move(what));
  where.next.events.push_back(std::move(why));
}

void write_begin(self_pointer self, const begin& what) {
  auto& asked = self->state.asked;
  ledger::event event;
  event.job_id = to_string(what.key);
  if (what.due_first) {
    event.kind = ledger::event_kind::due;
    put_event(asked, event, {});
  }
  event.kind = what.resume ? ledger::event_kind::resumed : ledger::event_kind::started;
  event.fence = what.attempt - 1;
  put_event(asked, std::move(event), what);
}

void remember_words(queue_state& state, const ledger::job& what) {
  const auto key = job_key_from(what.id);
  if (!key)
    return;
  if (!what.callback.empty())
    state.to_be_told[*key] = {what.callback, what.tenant};
  if (auto trace = log::trace_of(what.traceparent); !trace.empty())
    state.traces[*key] = std::move(trace);
}

void put_line(const queue_state& state, ticket whose, ledger::event& to) {
  const auto found = state.tickets.find(whose);
  if (found != state.tickets.end() && found->second.line)
    to.papers.push_back(*found->second.line);
}

/// What is to be told of an end is written together with it: no crash comes between the two.
static void put_delivery(const queue_state& state, const job_key& key, ledger::event& event) {
  const auto found = state.to_be_told.find(key);
  if (found == state.to_be_told.end() || !is_end(event))
    return;
  if (auto it = desk::delivery_of(found->second.callback, found->second.tenant, event))
    event.papers.push_back(std::move(*it));
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
  for (const auto whose : what.tickets)
    put_line(state, whose, event);
  put_delivery(state, what.key, event);
  put_event(what.keep ? state.kept : state.asked, std::move(event), what);
}

void answer_ticket(self_pointer self, ticket whose, desk::verdict how) {
  if (auto found = self->state.tickets.extract(whose))
    found.mapped().promise.deliver(ordered{std::move(how)});
}

void ask_for_health(self_pointer self) {
  auto& state = self->state;
  if (!state.away)
    return;
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
            for (const auto& id : std::exchange(state.in_doubt, {}))
              take_up_missed(self, id);
            take_stock(self);
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
              self->delayed_send(self, ask_again_after, ask_atom::value, id);
              return;
            }
            self->state.thought->known(
                key, it.result == outcome::done ? it.what.state : ledger::job_state::unknown);
            turn(self);
          },
          [self, id](const caf::error&) {
            self->state.reader = self->state.with.find_reader();
            self->delayed_send(self, ask_again_after, ask_atom::value, id);
          });
}

} // namespace vdoc::queue
