#include "actors/queue/rules.hpp"
#include "cluster/uploads/upload.hpp"

#include <limits>

/// The part of QUEUE's rules about jobs that are not there yet: being submitted, or waiting for
/// others.
namespace vdoc::queue {

using ledger::event_kind;
using ledger::job_state;

bool rules::expect(const ledger::job& what, moment now) {
  const bool could_start =
      loaded_ && !draining_ && !ledger_away_ && what.not_before_unix_ms == 0 &&
      what.after.empty() && source_host_of(what.source).empty() &&
      uploads::upload_in(what.source).empty() &&
      backlog_.running_as_urgent(said_in(what.spec).urgency) < terms_.max_running;
  // One that turns out to be known already must not use up what others may start.
  const bool is_new = (what.idempotency_key.empty() && what.dedupe_key.empty()) ||
                      terms_of(what.queue).starts_per_min == 0;
  const auto key = job_key_from(what.id);
  if (!could_start || !is_new || !key || at(*key) != nullptr)
    return false;
  ledger::job_record job;
  job.what = what;
  job.state = job_state::queued;
  job.submitted_unix_ms = now.unix_ms;
  take_up(job, now);
  at(*key)->unwritten = true;
  return true;
}

/// One that is starting goes when that turns out to be impossible.
void rules::withdraw(const job_key& key) {
  auto* one = at(key);
  if (one == nullptr || !one->unwritten || one->at != phase::queued)
    return;
  backlog_.take_out(*one);
  forget(*one);
}

/// Registers with every job that is still open; of the others it asks how they ended.
void rules::read_dependencies(entry& one, const ledger::job& what) {
  for (const auto& id : what.after) {
    const auto key = job_key_from(id);
    if (!key || *key == one.key)
      continue;
    ++one.waits_for;
    dependants_[*key].push_back(one.key);
    if (at(*key) == nullptr)
      out_.emplace_back(look_up{*key});
  }
}

void rules::known(const job_key& key, job_state state) {
  if (at(key) != nullptr)
    return; // it is open after all, and will be heard of
  if (state == job_state::succeeded)
    dependants_follow(key, true, "");
  else if (state == job_state::unknown)
    dependants_follow(key, false, "there is no such job");
  else if (ledger::is_end(state))
    dependants_follow(key, false, ledger::to_string(state));
}

/// An empty cause without success: how it ended has to be found out first.
void rules::dependants_follow(const job_key& key, bool succeeded, const std::string& cause) {
  const auto waiting = dependants_.find(key);
  if (waiting == dependants_.end())
    return;
  if (!succeeded && cause.empty()) {
    out_.emplace_back(look_up{key});
    return;
  }
  const auto all = std::move(waiting->second);
  dependants_.erase(waiting);
  for (const auto& each : all) {
    auto* one = at(each);
    if (one == nullptr || one->at != phase::scheduled || one->waits_for == 0)
      continue;
    scheduled_.erase({std::numeric_limits<std::int64_t>::max(), one});
    if (!succeeded) {
      conclude(*one, event_kind::failed,
               "waits for job " + to_string(key) + ", which did not succeed: " + cause,
               detail_of({culprit::user, "", "retry that job first, then this one", "after"}));
      continue;
    }
    --one->waits_for;
    place(*one, phase::scheduled);
  }
}

} // namespace vdoc::queue
