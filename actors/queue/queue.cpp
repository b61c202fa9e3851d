#include "actors/queue/shell.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::queue {

namespace {

using namespace std::chrono_literals;
using desk::refusal;

constexpr auto between_queue_news = 1s;
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

void set_wake(self_pointer self) {
  auto& state = self->state;
  const auto now = now_of(self);
  const auto wait = state.thought->wake_in_ms(now);
  if (!wait)
    return;
  const auto at = now.steady_ms + *wait;
  if (state.wake_ms != 0 && state.wake_ms <= at)
    return;
  state.wake_ms = at;
  self->delayed_send(self, std::chrono::milliseconds{*wait}, wake_atom::value);
}

bool nothing_left(const queue_state& state) {
  return state.thought->running() == 0 && state.lingering.empty() && state.kept.next.empty() &&
         state.kept.flying == 0;
}

// --- what the desk asks
// ---------------------------------------------------------------------------

caf::result<submitted> take(self_pointer self, const submit& asked) {
  auto& state = self->state;
  auto whose = std::make_shared<submission>();
  whose->promise = self->make_response_promise<submitted>();
  whose->each.resize(asked.jobs.size());
  auto& next = state.asked.next;
  for (std::size_t i = 0; i < asked.jobs.size(); ++i) {
    const auto& job = asked.jobs[i];
    if (state.draining)
      whose->each[i].how = {refusal::busy, "the service is stopping", "try again", 1'000};
    else if (state.away)
      whose->each[i].how = {refusal::busy, "the ledger is away: " + state.trouble, "try again",
                            1'000};
    else
      whose->each[i].how = state.thought->reserve(job.tenant, job.queue, 1);
    if (!whose->each[i].how.ok())
      continue;
    next.what.jobs.push_back(job);
    next.jobs.push_back({whose, i});
    ++whose->open;
  }
  auto promise = whose->promise;
  if (whose->open == 0) {
    whose->promise.deliver(submitted{std::move(whose->each)});
    return promise;
  }
  for (const auto& one : asked.documents)
    write_document(self, one, {});
  turn(self);
  return promise;
}

/// Of a job that is not open: only doing it again is possible.
void order_of_ended(self_pointer self, ticket whose, const ledger::job_record& job,
                    const desk::job_order& what) {
  if (!ledger::is_end(job.state)) {
    answer_ticket(self, whose, {refusal::busy, "the job is not known here yet", "try again", 500});
    return;
  }
  if (what.what != desk::job_action::retry) {
    answer_ticket(
        self, whose,
        {refusal::conflict, "the job has " + ledger::to_string(job.state) + " already", "", 0});
    return;
  }
  reopening again{whose, job};
  again.job.state = ledger::job_state::queued;
  again.job.tries = 0;
  if (!what.spec.empty())
    again.job.what.spec = what.spec;
  ledger::event event;
  event.job_id = job.what.id;
  event.kind = ledger::event_kind::requeued;
  event.cause = what.cause;
  event.detail = what.spec;
  put_event(self, self->state.asked, std::move(event), std::move(again));
}

caf::result<ordered> take(self_pointer self, const order& asked) {
  auto& state = self->state;
  auto whose = std::make_shared<ordering>();
  whose->promise = self->make_response_promise<ordered>();
  auto promise = whose->promise;
  whose->each.resize(asked.jobs.size());
  if (!state.thought->is_loaded() || asked.jobs.empty()) {
    for (auto& each : whose->each)
      each = {refusal::busy, "the service is still reading its open jobs", "try again", 500};
    whose->promise.deliver(ordered{std::move(whose->each)});
    return promise;
  }
  whose->open = asked.jobs.size();
  for (std::size_t i = 0; i < asked.jobs.size(); ++i) {
    const auto mine = ++state.last_ticket;
    state.tickets[mine] = {whose, i};
    const auto key = job_key_from(asked.jobs[i].what.id);
    if (!key || !state.thought->order(mine, *key, asked.what, now_of(self)))
      order_of_ended(self, mine, asked.jobs[i], asked.what);
  }
  for (const auto& one : asked.documents)
    write_document(self, one, {});
  turn(self);
  return promise;
}

queue_terms merged(queue_terms terms, const desk::queue_change& what) {
  if (what.paused >= 0)
    terms.paused = what.paused > 0;
  if (what.concurrency >= 0)
    terms.concurrency = static_cast<std::uint32_t>(what.concurrency);
  if (what.starts_per_min >= 0)
    terms.starts_per_min = static_cast<std::uint32_t>(what.starts_per_min);
  return terms;
}

caf::result<changed> take(self_pointer self, const change& asked) {
  auto& state = self->state;
  auto promise = self->make_response_promise<changed>();
  const auto known = state.terms.find(asked.what.name);
  const auto& names = state.thought->counts().queue_names();
  if (!dispatch::stage_queue_from(asked.what.name) && !names.find(asked.what.name) &&
      names.size() >= state.with.terms.most_queues) {
    promise.deliver(changed{{refusal::bad_request, "there are too many queues for another one",
                             "use a queue that is there", 0}});
    return promise;
  }
  const auto terms = merged(known == state.terms.end() ? queue_terms{} : known->second, asked.what);
  const nlohmann::json body{{"paused", terms.paused},
                            {"concurrency", terms.concurrency},
                            {"starts_per_min", terms.starts_per_min}};
  for (const auto& one : asked.documents)
    write_document(self, one, {});
  ledger::document document;
  document.kind = "queue";
  document.key = asked.what.name;
  document.body = body.dump();
  write_document(self, std::move(document), [=](ledger::outcome how) mutable {
    auto& state = self->state;
    if (how != ledger::outcome::done) {
      promise.deliver(
          changed{{refusal::busy, "the ledger is away: " + state.trouble, "try again", 1'000}});
      return;
    }
    apply_terms(self, asked.what.name, terms);
    promise.deliver(changed{});
  });
  turn(self);
  return promise;
}

/// The queues of the stages after those of jobs.
void add_stages(overview& into, const dispatch::load& load) {
  for (const auto& one : load.stages) {
    desk::queue_view view;
    view.name = dispatch::to_string(one.which);
    view.paused = one.terms.paused;
    view.concurrency = one.terms.concurrency;
    view.starts_per_min = one.terms.starts_per_min;
    view.waiting = one.waiting;
    view.running = one.granted;
    into.queues.push_back(std::move(view));
  }
}

overview seen(self_pointer self) {
  const auto& state = self->state;
  overview now;
  now.queues = state.thought->queues(state.with.unix_ms());
  for (const auto& [key, it] : state.jobs) {
    const auto* one = state.thought->find(key);
    if (one == nullptr || it.first_fraction < 0)
      continue;
    constexpr std::int64_t ms_per_s = 1'000;
    auto& view = now.queues.at(one->queue - 1);
    view.backlog_media_ms -= std::max<std::int64_t>(
        0, static_cast<std::int64_t>(one->media_s) * ms_per_s - it.media_left_ms);
  }
  now.breakers = state.thought->breakers();
  now.since_start = state.since_start;
  now.open = state.thought->open();
  now.running = state.thought->running();
  now.loaded = state.thought->is_loaded();
  now.ledger_up = !state.away;
  now.trouble = state.trouble;
  return now;
}

caf::result<overview> take(self_pointer self, const look&) {
  constexpr auto within = 2s;
  auto promise = self->make_response_promise<overview>();
  self->request(self->state.with.dispatch, within, dispatch::look{})
      .then(
          [=](const dispatch::load& load) mutable {
            auto now = seen(self);
            add_stages(now, load);
            promise.deliver(std::move(now));
          },
          [=](const caf::error&) mutable { promise.deliver(seen(self)); });
  return promise;
}

caf::result<drained> take(self_pointer self, const drain&) {
  auto& state = self->state;
  auto promise = self->make_response_promise<drained>();
  state.draining = promise;
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
  state.thought.emplace(with.terms, with.seed);
  state.with = std::move(with);
  for (const auto& [id, who] : state.with.jobs->all())
    if (const auto key = job_key_from(id))
      if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(who)) {
        state.lingering[*key] = who;
        self->monitor(alive);
      }
  if (state.with.live)
    state.with.live->clear();
  self->send(self, load_atom::value);
  self->delayed_send(self, between_queue_news, caf::tick_atom_v);
}

/// Messages of its own that name a job.
template <class Function> void with_key(const std::string& id, Function function) {
  if (const auto key = job_key_from(id))
    function(*key);
}

inner_actor::behavior_type queue(self_pointer self, means with) {
  begin_life(self, std::move(with));
  return {
      [self](const submit& asked) { return take(self, asked); },
      [self](const order& asked) { return take(self, asked); },
      [self](const change& asked) { return take(self, asked); },
      [self](const look& asked) { return take(self, asked); },
      [self](const drain& asked) { return take(self, asked); },
      [self](const job::progress& how) {
        job_progressed(self, how);
        turn(self);
      },
      [self](const job::ended& how) {
        job_ended(self, how);
        turn(self);
      },
      [self](const dispatch::granted& slot) { noops_granted(self, slot); },
      [self](const dispatch::revoked& slot) { noops_revoked(self, slot); },
      [self](wake_atom) {
        self->state.wake_ms = 0;
        turn(self);
      },
      [self](health_atom) { ask_for_health(self); },
      [self](load_atom) { load(self); },
      [self](fetch_atom, const std::string& id) {
        with_key(id, [&](const job_key& key) { read_job(self, key); });
      },
      [self](ask_atom, const std::string& id) {
        with_key(id, [&](const job_key& key) { look_up_job(self, key); });
      },
      [self](forced_atom, const std::string& id, std::uint32_t attempt) {
        with_key(id, [&](const job_key& key) { still_there(self, key, attempt); });
        turn(self);
      },
      [self](caf::tick_atom) {
        tell_queues(self);
        self->delayed_send(self, between_queue_news, caf::tick_atom_v);
      },
  };
}

} // namespace

moment now_of(self_pointer self) {
  using std::chrono::duration_cast;
  const auto steady = self->clock().now().time_since_epoch();
  return {duration_cast<std::chrono::milliseconds>(steady).count(), self->state.with.unix_ms()};
}

void apply_terms(self_pointer self, const std::string& name, const queue_terms& terms) {
  auto& state = self->state;
  state.terms[name] = terms;
  if (const auto stage = dispatch::stage_queue_from(name)) {
    self->send(
        state.with.dispatch,
        dispatch::set_stage_queue{*stage, {terms.paused, terms.concurrency, terms.starts_per_min}});
    return;
  }
  state.thought->set_queue(name, terms);
  state.changed_queues.insert(name);
}

void turn(self_pointer self) {
  auto& state = self->state;
  // What is carried out may tell the rules something at once.
  for (int round = 0; round < most_rounds; ++round) {
    const auto todo = state.thought->decide(now_of(self));
    if (todo.empty())
      break;
    for (const auto& each : todo)
      std::visit(carrier{self}, each);
  }
  flush(self);
  send_noops(self);
  set_wake(self);
  if (state.draining && nothing_left(state)) {
    state.draining->deliver(drained{});
    state.draining.reset();
  }
}

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(queue, std::move(with)));
}

} // namespace vdoc::queue
