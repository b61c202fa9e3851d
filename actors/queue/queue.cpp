#include "actors/queue/shell.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/resources/steady_ms.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

namespace vdoc::queue {

namespace {

using desk::refusal;

/// What is carried out may tell the rules something at once; then others have their turn.
constexpr int most_rounds = 16;

/// Carries out one effect of the rules; one overload for each kind.
struct carrier {
  self_pointer self;

  void operator()(const begin& x) const { write_begin(self, x); }
  void operator()(const record& x) const { write_record(self, x); }
  void operator()(const run& x) const { run_job(self, x); }
  void operator()(const interrupt& x) const { interrupt_job(self, x.key); }
  void operator()(const end_by_force& x) const { force_job(self, x.key); }
  void operator()(const look_up& x) const { look_up_job(self, x.key); }
  void operator()(const answer& x) const { answer_ticket(self, x.whose, x.how); }
};

void set_wake(self_pointer self, std::optional<std::int64_t> wait) {
  auto& state = self->state;
  if (!wait)
    return;
  const auto at = now_of(self).steady_ms + *wait;
  if (state.wake_ms != 0 && state.wake_ms <= at)
    return;
  state.wake_ms = at;
  self->delayed_send(self, std::chrono::milliseconds{*wait}, wake_atom::value);
}

void see_to_news(self_pointer self) {
  auto& state = self->state;
  if (state.tells.waits() && !std::exchange(state.news_due, true))
    self->delayed_send(self, std::chrono::milliseconds{herald::look_every_ms}, news_atom::value);
}

bool nothing_left(const queue_state& state) {
  return state.thought->running() == 0 && state.lingering.empty() && state.kept.next.empty() &&
         state.kept.flying == 0;
}

// --- what the desk asks -----------------------------------------------------------------------

caf::result<submitted> take(self_pointer self, submit& asked) {
  auto& state = self->state;
  auto whose = std::make_shared<submission>();
  whose->each.resize(asked.jobs.size());
  auto& next = state.asked.next;
  const auto now = now_of(self);
  ledger::roll line;
  for (std::size_t i = 0; i < asked.jobs.size(); ++i) {
    auto& job = asked.jobs[i];
    auto& how = whose->each[i].how;
    if (state.stopping)
      how = {refusal::busy, "the service is stopping", "try again", 1'000};
    else if (state.away)
      how = ledger_away(state);
    else
      how = state.thought->reserve(job.tenant, job.queue, 1);
    if (!how.ok())
      continue;
    const bool expected = state.thought->expect(job, now);
    if (expected)
      state.thought->release(job.tenant, 1); // it has its place
    if (asked.line)
      line.job_ids.push_back(job.id);
    next.what.jobs.push_back(std::move(job));
    next.jobs.push_back({whose, i, expected});
    ++whose->open;
  }
  if (whose->open == 0)
    return submitted{std::move(whose->each)};
  if (asked.line) {
    line.what = *std::move(asked.line);
    next.what.rolls.push_back(std::move(line));
  }
  whose->promise = self->make_response_promise<submitted>();
  auto promise = whose->promise;
  turn(self);
  return promise;
}

/// Of a job that is not open: only doing it again is possible.
void order_of_ended(self_pointer self, ticket whose, const ledger::job_record& job,
                    const desk::job_order& what) {
  if (!ledger::is_end(job.state))
    return answer_ticket(self, whose,
                         {refusal::busy, "the job is not known here yet", "try again", 500});
  if (what.what != desk::job_action::retry)
    return answer_ticket(
        self, whose,
        {refusal::conflict, "the job has " + ledger::to_string(job.state) + " already", "", 0});
  reopening again{whose, job, job.state};
  again.job.state = ledger::job_state::queued;
  again.job.tries = 0;
  if (!what.spec.empty())
    again.job.what.spec = what.spec;
  ledger::event event;
  event.job_id = job.what.id;
  event.kind = ledger::event_kind::requeued;
  event.cause = what.cause;
  event.detail = what.spec;
  put_line(self->state, whose, event);
  put_event(self->state.asked, std::move(event), std::move(again));
}

caf::result<ordered> take(self_pointer self, const order& asked) {
  auto& state = self->state;
  if (!state.thought->is_loaded())
    return ordered{{refusal::busy, "the service is still reading its open jobs", "try again", 500}};
  auto promise = self->make_response_promise<ordered>();
  const auto mine = ++state.last_ticket;
  state.tickets[mine] = {promise, asked.line};
  const auto key = job_key_from(asked.job.what.id);
  if (!key || !state.thought->order(mine, *key, asked.what, now_of(self)))
    order_of_ended(self, mine, asked.job, asked.what);
  turn(self);
  return promise;
}

caf::result<ordered> take(self_pointer self, const set_queue& asked) {
  auto& state = self->state;
  auto how = check_queue(state, asked.queue);
  if (how.ok())
    how = may_be_set(state);
  if (!how.ok())
    return ordered{how};
  auto promise = self->make_response_promise<ordered>();
  write_queue(self, asked, promise);
  return promise;
}

desk::overview seen(const queue_state& state) {
  desk::overview now;
  now.ready = state.thought->is_loaded() && !state.away && !state.stopping;
  if (state.away)
    now.trouble = "the ledger is away: " + state.trouble;
  else if (!state.thought->is_loaded())
    now.trouble = "open jobs are still being read" +
                  (state.trouble.empty() ? std::string{} : ": " + state.trouble);
  else if (state.stopping)
    now.trouble = "the service is stopping";
  now.open = state.thought->open();
  now.running = state.thought->running();
  now.queues = state.thought->queues(state.with.unix_ms());
  now.tenants = state.thought->tenants();
  return now;
}

caf::result<drained> take(self_pointer self, const drain& /*asked*/) {
  auto& state = self->state;
  auto promise = self->make_response_promise<drained>();
  state.draining = promise;
  state.stopping = true;
  state.thought->drain();
  turn(self);
  return promise;
}

void begin_life(self_pointer self, means with) {
  auto& state = self->state;
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& down) {
    somebody_is_down(self, down);
    turn(self);
  });
  with.terms.tenant = terms_of(with.tenants->of_all());
  state.thought.emplace(with.terms, with.seed);
  state.tells = herald{with.feed};
  state.with = std::move(with);
  for (const auto& [id, who] : state.with.jobs->all()) {
    const auto key = job_key_from(id);
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(who); alive && key) {
      state.lingering[*key] = who;
      self->monitor(alive);
    }
  }
  state.with.live->clear();
  self->send(self, load_atom::value);
}

/// Messages of its own that name a job.
template <class Function> void with_key(const std::string& id, Function function) {
  if (const auto key = job_key_from(id))
    function(*key);
}

inner_actor::behavior_type queue(self_pointer self, means with) {
  begin_life(self, std::move(with));
  return {
      [self](submit& asked) { return take(self, asked); },
      [self](const order& asked) { return take(self, asked); },
      [self](const set_queue& asked) { return take(self, asked); },
      [self](const set_tenant& asked) { return take(self, asked); },
      [self](const look&) { return look_around(self, seen(self->state)); },
      [self](const drain& asked) { return take(self, asked); },
      [self](const arrivals&) { look_into_inbox(self); },
      [self](const reset_source& asked) {
        self->state.thought->reset_source(asked.host);
        turn(self);
      },
      [self](const job::progress& how) {
        job_progressed(self, how);
        turn(self);
      },
      [self](const job::playable& what) { segments_listed(self, what); },
      [self](const job::ended& how) {
        job_ended(self, how);
        turn(self);
      },
      [self](const dispatch::granted& it) { slot_granted(self, it); },
      [self](const dispatch::revoked& it) { slot_revoked(self, it); },
      [self](wake_atom) {
        self->state.wake_ms = 0;
        turn(self);
      },
      [self](health_atom) { ask_for_health(self); },
      [self](load_atom) { load(self); },
      [self](news_atom) {
        self->state.news_due = false;
        self->state.tells.tell(now_of(self).steady_ms, [self] {
          return self->state.thought->queues(self->state.with.unix_ms());
        });
        take_stock(self);
        see_to_news(self);
      },
      [self](settings_atom) { look_at_settings(self); },
      [self](fetch_atom, const std::string& id) {
        with_key(id, [&](const job_key& key) { read_job(self, key); });
      },
      [self](missed_atom, const std::string& id) { take_up_missed(self, id); },
      [self](ask_atom, const std::string& id) {
        with_key(id, [&](const job_key& key) { look_up_job(self, key); });
      },
      [self](forced_atom, const std::string& id, std::uint32_t attempt) {
        with_key(id, [&](const job_key& key) { still_there(self, key, attempt); });
        turn(self);
      },
  };
}

} // namespace

moment now_of(self_pointer self) {
  return {resources::steady_ms(self->clock().now()), self->state.with.unix_ms()};
}

void turn(self_pointer self) {
  auto& state = self->state;
  bool through = false;
  for (int round = 0; round < most_rounds && !through; ++round) {
    const auto todo = state.thought->decide(now_of(self));
    through = todo.empty();
    for (const auto& each : todo)
      std::visit(carrier{self}, each);
  }
  flush(self);
  send_noops(self);
  see_to_news(self);
  set_wake(self, through ? state.thought->wake_in_ms(now_of(self)) : 0);
  if (state.draining && nothing_left(state)) {
    state.draining->deliver(drained{});
    state.draining.reset();
  }
}

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(queue, std::move(with)));
}

} // namespace vdoc::queue
