#include "actors/queue/shell.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

/// QUEUE towards what does the work: JOBs, DISPATCH, media hosts.
namespace vdoc::queue {

using namespace std::chrono_literals;

namespace {

constexpr auto read_within = 8s;
constexpr auto read_again_after = 1s;
/// A JOB that does not end by force: the job goes on without it.
constexpr auto patience_with_force = 1s;
constexpr auto noops_within = 10s;
constexpr std::size_t most_batches = 8;

void over(self_pointer self, const job_key& key, attempt_ended how) {
  auto& state = self->state;
  const auto it = state.jobs.extract(key);
  if (it.empty())
    return;
  auto& runs = it.mapped();
  if (runs.who)
    state.lingering[key] = runs.who.address();
  how.key = key;
  how.attempt = runs.attempt;
  how.source_host = source_host_of(runs.what.source);
  if (state.with.live)
    state.with.live->remove(to_string(key));
  state.thought->ended(how, now_of(self));
}

void fail(self_pointer self, const job_key& key, fault why) {
  over(self, key, {{}, 0, result::failed, std::move(why), {}, {}});
}

void start_job(self_pointer self, const job_key& key, running_job& it) {
  auto& state = self->state;
  if (it.interrupted || it.forced || state.lingering.contains(key)) {
    if (it.interrupted || it.forced)
      over(self, key, {{}, 0, result::interrupted, {}, {}, {}});
    return; // or as soon as the JOB before it is down
  }
  try {
    auto plan = state.with.plan(it.what);
    plan.around.id = it.what.id;
    plan.around.resume = it.resume;
    plan.around.of_service = true;
    plan.around.dispatch = state.with.dispatch;
    plan.around.ledger = state.ledger;
    plan.around.told = caf::actor_cast<job::watcher>(caf::actor_cast<caf::strong_actor_ptr>(self));
    it.who = state.with.start_job ? state.with.start_job(self->system(), plan)
                                  : job::spawn(self->system(), plan.what, plan.around);
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

// --- videos -----------------------------------------------------------------------------------

void run_job(self_pointer self, const run& what) {
  auto& state = self->state;
  if (what.noop) {
    state.noops.jobs.emplace_back(what.key, what.attempt);
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
            if (at == self->state.jobs.end())
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
    return; // a noop: over in a moment
  at->second.interrupted = true;
  if (at->second.who)
    self->send(at->second.who, job::interrupt{});
}

void force_job(self_pointer self, const job_key& key) {
  auto& state = self->state;
  const auto at = state.jobs.find(key);
  if (at == state.jobs.end()) { // a noop
    if (const auto* one = state.thought->find(key))
      state.thought->ended({key, one->attempts, result::interrupted, {}, {}, {}}, now_of(self));
    return;
  }
  at->second.forced = true;
  if (at->second.who) {
    caf::anon_send_exit(at->second.who, caf::exit_reason::kill);
    self->delayed_send(self, patience_with_force, forced_atom::value, to_string(key),
                       at->second.attempt);
  } else {
    over(self, key, {{}, 0, result::interrupted, {}, {}, {}});
  }
}

void still_there(self_pointer self, const job_key& key, std::uint32_t attempt) {
  const auto at = self->state.jobs.find(key);
  if (at != self->state.jobs.end() && at->second.forced && at->second.attempt == attempt)
    over(self, key, {{}, 0, result::interrupted, {}, {}, {}});
}

void job_progressed(self_pointer self, const job::progress& how) {
  const auto key = job_key_from(how.name);
  const auto at = key ? self->state.jobs.find(*key) : self->state.jobs.end();
  if (at == self->state.jobs.end())
    return;
  if (at->second.first_fraction < 0 && how.media_total_ns > 0) {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    self->state.thought->source_reached(*key,
                                        static_cast<std::uint32_t>(how.media_total_ns / ns_per_s));
  }
  tell_progress(self, *key, at->second, how);
}

void job_ended(self_pointer self, const job::ended& how) {
  const auto key = job_key_from(how.name);
  if (!key || !self->state.jobs.contains(*key))
    return;
  attempt_ended it;
  it.how = how.state == "succeeded" ? result::succeeded
           : how.state == "failed"  ? result::failed
                                    : result::interrupted;
  it.why = how.why;
  it.bytes = how.bytes;
  if (it.how == result::succeeded && it.bytes > 0)
    keep_bytes(self, tenant_of(self, *key), static_cast<std::int64_t>(it.bytes));
  over(self, *key, std::move(it));
}

void somebody_is_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  for (auto at = state.lingering.begin(); at != state.lingering.end(); ++at)
    if (at->second == down.source) {
      const auto key = at->first;
      state.lingering.erase(at);
      if (const auto next = state.jobs.find(key); next == state.jobs.end())
        state.with.jobs->remove(to_string(key));
      else if (!next->second.who && !next->second.what.id.empty())
        start_job(self, key, next->second);
      return;
    }
  for (const auto& [key, it] : state.jobs) {
    if (!it.who || it.who.address() != down.source)
      continue;
    const bool forced = it.forced;
    state.with.jobs->remove(to_string(key));
    const auto gone = key;
    state.jobs.at(gone).who = nullptr;
    if (forced)
      over(self, gone, {{}, 0, result::interrupted, {}, {}, {}});
    else
      fail(self, gone,
           {culprit::ours, "the engine failed on this job", "report it with job.json",
            self->system().render(down.reason)});
    return;
  }
}

// --- jobs that do nothing -----------------------------------------------------------------------

/// All that have begun since the last time go as one piece of work.
void send_noops(self_pointer self) {
  auto& state = self->state;
  if (state.noops.jobs.empty() || state.batches.size() >= most_batches)
    return;
  dispatch::want_slot want;
  want.task_id = "noop/" + std::to_string(++state.batches_ever);
  want.job_id = want.task_id;
  want.kind = dispatch::stage::noop;
  want.asker = caf::actor_cast<dispatch::client>(caf::actor_cast<caf::strong_actor_ptr>(self));
  state.batches.emplace(want.task_id, std::exchange(state.noops, {}));
  self->send(state.with.dispatch, want);
}

void noops_granted(self_pointer self, const dispatch::granted& slot) {
  auto& state = self->state;
  const auto id = slot.task_id;
  const auto batch = state.batches.find(id);
  if (batch == state.batches.end()) {
    self->send(state.with.dispatch, dispatch::slot_free{id});
    return;
  }
  const auto jobs = static_cast<std::uint32_t>(batch->second.jobs.size());
  self->request(slot.stages.errands, noops_within, errands::do_nothing{jobs})
      .then(
          [self, id](const errands::did_nothing&) {
            auto& state = self->state;
            const auto done = state.batches.extract(id);
            if (done.empty())
              return;
            self->send(state.with.dispatch, dispatch::slot_free{id});
            for (const auto& [key, attempt] : done.mapped().jobs)
              state.thought->ended({key, attempt, result::succeeded, {}, {}, {}}, now_of(self));
            turn(self);
          },
          [self, id](const caf::error&) {
            noops_revoked(self, {id, {}, {}});
          });
}

/// The host is gone, or does not answer: another one does them.
void noops_revoked(self_pointer self, const dispatch::revoked& slot) {
  auto& state = self->state;
  auto lost = state.batches.extract(slot.task_id);
  if (lost.empty())
    return;
  self->send(state.with.dispatch, dispatch::slot_free{slot.task_id});
  auto& again = lost.mapped().jobs;
  state.noops.jobs.insert(state.noops.jobs.begin(), again.begin(), again.end());
  turn(self);
}

} // namespace vdoc::queue
