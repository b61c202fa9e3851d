#include "actors/queue/shell.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>

/// QUEUE towards the JOBs that do the work.
namespace vdoc::queue {

using namespace std::chrono_literals;

namespace {

constexpr auto read_again_after = 1s;
/// A JOB that does not stop in good order is ended; whoever waits for it goes on without it.
constexpr auto patience_with_force = 1s;
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr double ns_per_ms = 1e6;

void over(self_pointer self, const job_key& key, attempt_ended how) {
  auto& state = self->state;
  const auto it = state.jobs.extract(key);
  if (it.empty())
    return;
  const auto& runs = it.mapped();
  if (runs.who)
    state.lingering[key] = runs.who.address();
  how.key = key;
  how.attempt = runs.attempt;
  how.source_host = source_host_of(runs.what.source);
  state.with.live->remove(to_string(key));
  state.tells.attempt_over(key);
  if (runs.begun_ms != 0)
    count_attempt(self, key, now_of(self).steady_ms - runs.begun_ms);
  state.thought->ended(how, now_of(self));
}

void stopped(self_pointer self, const job_key& key) {
  over(self, key, {{}, 0, result::interrupted, {}, {}, 0});
}

void fail(self_pointer self, const job_key& key, fault why) {
  over(self, key, {{}, 0, result::failed, std::move(why), {}, 0});
}

void start_job(self_pointer self, const job_key& key, running_job& it) {
  auto& state = self->state;
  if (it.interrupted)
    return stopped(self, key);
  if (state.lingering.contains(key))
    return; // as soon as the JOB before it is down
  try {
    auto plan = state.with.plan(it.what);
    plan.around.id = it.what.id;
    plan.around.resume = it.resume;
    plan.around.of_service = true;
    plan.around.attempt = it.attempt;
    plan.around.priority = it.what.priority;
    plan.around.trace = log::trace_of(it.what.traceparent);
    plan.around.dispatch = state.with.dispatch;
    plan.around.ledger = state.ledger;
    plan.around.told = caf::actor_cast<job::watcher>(caf::actor_cast<caf::strong_actor_ptr>(self));
    it.who = state.with.start_job(self->system(), plan);
    it.begun_ms = now_of(self).steady_ms;
    state.with.jobs->add(it.what.id, it.who.address());
    self->monitor(it.who);
  } catch (const failure& error) {
    fail(self, key, error.why());
  } catch (const std::exception& error) {
    fail(self, key, {culprit::ours, error.what(), "", "queue"});
  }
}

} // namespace

queue_state::~queue_state() {
  // Nobody else knows the JOBs: they do not outlive QUEUE, however it ends.
  for (const auto& [key, it] : jobs)
    if (it.who)
      caf::anon_send_exit(it.who, caf::exit_reason::kill);
}

void run_job(self_pointer self, const run& what) {
  auto& state = self->state;
  if (what.noop) {
    state.next_noops.push_back({what.key, what.attempt, now_of(self).steady_ms});
    return;
  }
  auto& it = state.jobs[what.key];
  it = {};
  it.attempt = what.attempt;
  it.resume = what.resume;
  read_job(self, what.key);
}

/// What is to be done is not kept while a job waits: it is read now.
void read_job(self_pointer self, const job_key& key) {
  auto& state = self->state;
  if (!state.jobs.contains(key) || !state.jobs.at(key).what.id.empty())
    return;
  const auto id = to_string(key);
  const auto again = [self, id] {
    self->state.reader = self->state.with.find_reader();
    self->delayed_send(self, read_again_after, fetch_atom::value, id);
  };
  self->request(state.reader, read_within, ledger::find_job{id})
      .then(
          [self, key, again](const ledger::found& found) {
            const auto at = self->state.jobs.find(key);
            if (at == self->state.jobs.end() || !at->second.what.id.empty())
              return;
            if (found.result == ledger::outcome::store_down)
              return again();
            if (found.result != ledger::outcome::done) {
              fail(self, key, {culprit::ours, "the ledger does not know the job any more", "", ""});
            } else {
              at->second.what = found.what.what;
              start_job(self, key, at->second);
            }
            turn(self);
          },
          [again](const caf::error&) { again(); });
}

void interrupt_job(self_pointer self, const job_key& key) {
  const auto at = self->state.jobs.find(key);
  if (at == self->state.jobs.end())
    return interrupt_noop(self, key);
  at->second.interrupted = true;
  if (at->second.who)
    self->send(at->second.who, job::interrupt{});
  else
    stopped(self, key);
}

void rank_job(self_pointer self, const job_key& key) {
  const auto at = self->state.jobs.find(key);
  const auto* known = self->state.thought->find(key);
  if (at == self->state.jobs.end() || known == nullptr)
    return;
  at->second.what.priority = known->priority;
  if (at->second.who)
    self->send(at->second.who, job::reprioritise{known->priority});
}

void force_job(self_pointer self, const job_key& key) {
  const auto at = self->state.jobs.find(key);
  if (at == self->state.jobs.end())
    return interrupt_noop(self, key);
  at->second.forced = true;
  self->delayed_send(self, patience_with_force, forced_atom::value, to_string(key),
                     at->second.attempt);
  interrupt_job(self, key);
}

void still_there(self_pointer self, const job_key& key, std::uint32_t attempt) {
  const auto at = self->state.jobs.find(key);
  if (at == self->state.jobs.end() || !at->second.forced || at->second.attempt != attempt)
    return;
  if (at->second.who)
    caf::anon_send_exit(at->second.who, caf::exit_reason::kill);
  stopped(self, key);
}

void job_progressed(self_pointer self, const job::progress& how) {
  auto& state = self->state;
  const auto key = job_key_from(how.name);
  const auto at = key ? state.jobs.find(*key) : state.jobs.end();
  if (at == state.jobs.end())
    return;
  auto& it = at->second;
  desk::live_job live;
  desk::progress_news news;
  live.stage = how.stage;
  if (how.media_total_ns > 0) {
    const auto fraction =
        static_cast<double>(how.media_done_ns) / static_cast<double>(how.media_total_ns);
    live.progress = std::clamp(fraction, 0.0, 1.0);
    if (it.first_fraction < 0) {
      it.first_fraction = live.progress;
      state.thought->source_reached(*key,
                                    static_cast<std::uint32_t>(how.media_total_ns / ns_per_s));
      state.tells.queues_changed(); // their backlog in media time is
    }
    const auto gained = live.progress - it.first_fraction;
    const auto took_ms = static_cast<double>(now_of(self).steady_ms - it.begun_ms);
    if (gained > 0)
      live.eta_unix_ms =
          state.with.unix_ms() + static_cast<std::int64_t>(took_ms * (1 - live.progress) / gained);
    if (gained > 0 && took_ms > 0)
      news.speed = gained * static_cast<double>(how.media_total_ns) / ns_per_ms / took_ms;
  }
  news.id = how.name;
  news.progress = live.progress;
  news.eta_unix_ms = live.eta_unix_ms;
  news.stage = how.stage;
  news.at_unix_ms = state.with.unix_ms();
  state.tells.progress(*key, it.what.tenant, std::move(news), now_of(self).steady_ms);
  state.with.live->set(how.name, std::move(live));
}

void segments_listed(self_pointer self, const job::playable& what) {
  auto& state = self->state;
  const auto key = job_key_from(what.name);
  const auto at = key ? state.jobs.find(*key) : state.jobs.end();
  if (at == state.jobs.end())
    return;
  for (const auto& each : what.segments)
    state.tells.segment(at->second.what.tenant, {what.name, each.track, each.number,
                                                 each.duration_ns, each.uri, state.with.unix_ms()});
}

void job_ended(self_pointer self, const job::ended& how) {
  const auto key = job_key_from(how.name);
  if (!key)
    return;
  attempt_ended it;
  it.how = how.state == "succeeded" ? result::succeeded
           : how.state == "failed"  ? result::failed
                                    : result::interrupted;
  it.why = how.why;
  it.reused_from = how.reused_from;
  over(self, *key, std::move(it));
}

void somebody_is_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  for (auto at = state.lingering.begin(); at != state.lingering.end(); ++at) {
    if (at->second != down.source)
      continue;
    const auto key = at->first;
    state.lingering.erase(at);
    const auto next = state.jobs.find(key);
    if (next == state.jobs.end())
      state.with.jobs->remove(to_string(key));
    else if (!next->second.who && !next->second.what.id.empty())
      start_job(self, key, next->second);
    return;
  }
  const auto at = std::ranges::find_if(state.jobs, [&](const auto& each) {
    return each.second.who && each.second.who.address() == down.source;
  });
  if (at == state.jobs.end())
    return;
  const auto key = at->first;
  state.with.jobs->remove(to_string(key));
  at->second.who = nullptr;
  if (at->second.interrupted)
    stopped(self, key);
  else
    fail(self, key,
         {culprit::ours, "the engine failed on this job", "report it with job.json",
          self->system().render(down.reason)});
}

} // namespace vdoc::queue
