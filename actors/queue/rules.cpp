#include "actors/queue/rules.hpp"

#include "cluster/desk/job_options.hpp"
#include "cluster/uploads/upload.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace vdoc::queue {

using ledger::event_kind;
using ledger::job_state;
using ledger::outcome;

namespace {

constexpr std::uint8_t most_spared = 20;

} // namespace

rules::rules(const rule_terms& terms, std::uint32_t seed)
    : terms_{terms}, chance_{seed}, gate_{terms.source_breaker},
      uploads_{terms.uploads, terms.most_early}, tallies_{terms} {}

entry* rules::at(const job_key& key) {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}
const entry* rules::find(const job_key& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

// --- coming and going -------------------------------------------------------------------------

/// Jobs of a batch mostly ask for the same.
const rules::said_in_spec& rules::said_in(const std::string& spec) {
  if (spec != last_.spec) {
    const auto options = desk::options_of(spec);
    last_ = {spec,
             options.kind == desk::job_kind::noop,
             options.attempts,
             options.soft_limit_s,
             options.hard_limit_s,
             options.urgency};
  }
  return last_;
}

void rules::read_spec(entry& one, const std::string& spec) {
  const auto& said = said_in(spec);
  one.noop = said.noop;
  one.urgency = said.urgency;
  one.most_attempts = said.attempts > 0 ? static_cast<std::uint16_t>(said.attempts)
                                        : std::max<std::uint16_t>(terms_.attempts, 1);
  one.soft_limit_s = static_cast<std::uint32_t>(said.soft_limit_s);
  one.hard_limit_s =
      said.hard_limit_s > 0 ? static_cast<std::uint32_t>(said.hard_limit_s) : terms_.hard_limit_s;
}

void rules::take_up(const ledger::job_record& job, moment now) {
  const auto key = job_key_from(job.what.id);
  if (!key || ledger::is_end(job.state))
    return;
  const auto [place_of, is_new] = entries_.try_emplace(*key);
  place_of->second.unwritten = false;
  if (!is_new)
    return;
  auto& one = place_of->second;
  one.key = *key;
  one.turn = ++arrivals_;
  one.submitted_unix_ms = job.submitted_unix_ms;
  one.tenant = tallies_.tenant(job.what.tenant);
  one.queue = tallies_.queue(job.what.queue);
  one.source_host = source_gate::number_of(source_host_of(job.what.source));
  one.upload = uploads::number_of(uploads::upload_in(job.what.source));
  one.attempts = job.attempts;
  one.written = job.state;
  one.priority = job.what.priority;
  one.resume = job.attempts > 0;
  read_spec(one, job.what.spec);
  if (const auto most = tallies_.terms_of(one.tenant).running; most > 0)
    backlog_.set_most_running(one.tenant, most);
  tallies_.add(one);
  if (job.state == job_state::scheduled) {
    one.due_ms = job.what.not_before_unix_ms;
    read_dependencies(one, job.what);
    place(one, phase::scheduled);
  } else if (job.state == job_state::retrying) {
    // It was promised another attempt; how many of the earlier ones count is not known any more.
    one.failures =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(job.tries, one.most_attempts - 1U));
    one.due_ms = now.steady_ms + std::clamp<std::int64_t>(job.due_unix_ms - now.unix_ms, 0,
                                                          2 * terms_.backoff.longest_ms);
    place(one, phase::retrying);
  } else {
    place(one, phase::queued);
  }
}

void rules::move_to(entry& one, phase where) {
  tallies_.remove(one);
  one.at = where;
  tallies_.add(one);
}

/// Puts a job where those of its phase are.
void rules::place(entry& one, phase where) {
  move_to(one, where);
  if (where == phase::scheduled)
    scheduled_.emplace(one.waits_for > 0 ? std::numeric_limits<std::int64_t>::max() : one.due_ms,
                       &one);
  else if (where == phase::queued)
    backlog_.put(one);
  else if (where == phase::parked)
    gate_.park(one);
  else if (where == phase::uploading)
    uploads_.park(one);
  else if (where == phase::retrying)
    retrying_.emplace(one.due_ms, &one);
}

void rules::forget(entry& one) {
  if (one.probe)
    gate_.withdrawn(one, 0);
  tallies_.remove(one);
  entries_.erase(job_key{one.key});
}

// --- what the ledger says -----------------------------------------------------------------------

change rules::written(const job_key& key, event_kind kind, moment now) {
  auto* one = at(key);
  if (one == nullptr)
    return {};
  const auto before = std::exchange(one->written, ledger::state_after(one->written, kind));
  change it{before,
            one->written,
            one->attempts + (ledger::begins_attempt(kind) ? 1U : 0U),
            tallies_.tenant_name(one->tenant),
            tallies_.queue_name(one->queue),
            -1,
            one->noop};
  if (ledger::begins_attempt(kind) && one->attempts == 0)
    it.waited_ms =
        std::max<std::int64_t>(0, now.unix_ms - std::max(one->submitted_unix_ms, one->due_ms));
  return it;
}

void rules::begun(const begin& what, outcome outcome, moment now) {
  auto* one = at(what.key);
  if (one == nullptr || one->at != phase::starting)
    return;
  if (outcome != outcome::done) {
    backlog_.over(*one);
    const auto runs = running_.extract(what.key);
    answer_all(runs.mapped().tickets, outcome);
    if (outcome == outcome::store_down && !one->unwritten) {
      place(*one, phase::queued);
    } else { // somebody else has it, or it is gone
      dependants_follow(what.key, false, "");
      forget(*one);
    }
    return;
  }
  one->attempts = what.attempt;
  one->due_unwritten = false;
  auto& runs = running_.at(what.key);
  if (runs.why == stop::cancel || draining_) { // ordered while it was being committed
    backlog_.over(*one);
    auto gone = std::move(running_.extract(what.key).mapped());
    if (gone.why == stop::cancel)
      conclude(*one, event_kind::cancelled, gone.cause, "", std::move(gone.tickets));
    else
      conclude(*one, event_kind::interrupted, "the service is stopping", "");
    return;
  }
  constexpr std::int64_t ms_per_s = 1'000;
  move_to(*one, phase::running);
  runs.begun_ms = now.steady_ms;
  runs.soft_ms = one->soft_limit_s > 0 ? now.steady_ms + one->soft_limit_s * ms_per_s : 0;
  runs.hard_ms = one->hard_limit_s > 0 ? now.steady_ms + one->hard_limit_s * ms_per_s : 0;
  out_.emplace_back(run{what.key, what.attempt, what.resume, one->noop});
  set_limit_timer(what.key, runs, true);
}

void rules::answer_all(const std::vector<ticket>& tickets, outcome outcome) {
  using desk::refusal;
  for (const auto whose : tickets) {
    desk::verdict how;
    if (outcome == outcome::store_down)
      how = {refusal::busy, "the ledger is away", "try again", 1'000};
    else if (outcome != outcome::done)
      how = {refusal::conflict, "the job has moved on meanwhile", "look at it again", 0};
    out_.emplace_back(answer{whose, std::move(how)});
  }
}

void rules::committed(const record& what, outcome outcome, moment now) {
  answer_all(what.tickets, outcome);
  if (auto* one = at(what.key); one != nullptr)
    move_on(*one, what, outcome);
  auto waiting = postponed_.extract(what.key);
  if (waiting.empty())
    return;
  for (const auto& [whose, ordered] : waiting.mapped())
    if (!order(whose, what.key, ordered, now))
      out_.emplace_back(answer{whose, {desk::refusal::conflict, "the job has just ended", "", 0}});
}

void rules::move_on(entry& one, const record& what, outcome outcome) {
  const bool written = outcome == outcome::done;
  if (what.kind == event_kind::due) {
    one.due_unwritten = one.due_unwritten && outcome == outcome::store_down;
  } else if (what.kind == event_kind::reprioritised) {
    if (written)
      set_priority(one, what.detail);
  } else if (one.at != phase::ending) {
    return;
  } else if (outcome == outcome::store_down) { // nothing has happened: back to where it was
    place(one, one.before);
  } else if (written && what.kind == event_kind::requeued) {
    if (!what.detail.empty())
      read_spec(one, what.detail);
    one.failures = 0;
    place(one, phase::queued);
  } else if (written && what.kind == event_kind::retrying) {
    place(one, phase::retrying);
  } else {
    if (!written || what.kind != event_kind::interrupted)
      dependants_follow(what.key, written && what.kind == event_kind::succeeded,
                        written ? what.cause : "");
    forget(one);
  }
}

void rules::set_priority(entry& one, const std::string& priority) {
  const bool in_line = one.at == phase::queued;
  if (in_line)
    backlog_.take_out(one);
  std::from_chars(priority.data(), priority.data() + priority.size(), one.priority);
  if (in_line)
    backlog_.put(one);
}

// --- how attempts end ---------------------------------------------------------------------------

void rules::write(entry& one, record what) {
  one.before = one.at;
  move_to(one, phase::ending);
  out_.emplace_back(std::move(what));
}

/// The job is over: that is to be committed, and then it is open no more.
void rules::conclude(entry& one, event_kind kind, std::string cause, std::string detail,
                     std::vector<ticket> tickets) {
  write(one, {one.key, kind, std::move(cause), std::move(detail), one.attempts, true,
              std::move(tickets)});
}

void rules::fail_or_retry(entry& one, const fault& why, bool counts, moment now) {
  if (counts)
    ++one.failures;
  const auto failed = one.failures;
  if (!curable(why.whose) || failed >= one.most_attempts) {
    conclude(one, event_kind::failed, why.what, detail_of(why));
    return;
  }
  const auto wait = backoff_ms(terms_.backoff, failed, chance_);
  one.due_ms = now.steady_ms + wait;
  one.resume = true;
  write(one, {one.key,
              event_kind::retrying,
              why.what,
              std::to_string(now.unix_ms + wait),
              one.attempts,
              true,
              {}});
}

/// What an attempt says about its source host.
void rules::heed_source_host(entry& one, const attempt_ended& what, moment now) {
  const bool probed = one.probe;
  one.probe = false;
  if (what.how == result::failed && blames_source_host(what.why))
    gate_.failed(one, what.source_host, now.steady_ms);
  else if (what.how == result::succeeded)
    gate_.answered(one);
  else if (probed)
    gate_.withdrawn(one, now.steady_ms);
}

void rules::ended(const attempt_ended& what, moment now) {
  auto* one = at(what.key);
  const auto found = running_.find(what.key);
  if (one == nullptr || found == running_.end() || found->second.number != what.attempt ||
      one->at != phase::running)
    return;
  set_limit_timer(what.key, found->second, false);
  auto runs = std::move(found->second);
  running_.erase(found);
  backlog_.over(*one);
  // A probe fails for all jobs of its host, so that is not held against it, within reason.
  // Nor is it held against a job that its upload pauses: it waits for it, as long as that lives.
  const bool pauses = one->upload != 0 && blames_upload(what.why);
  const bool spared =
      pauses || (one->probe && blames_source_host(what.why) && one->spared < most_spared);
  one->spared = static_cast<std::uint8_t>(one->spared + (spared && !pauses ? 1 : 0));
  heed_source_host(*one, what, now);
  if (what.how == result::succeeded) {
    for (const auto whose : runs.tickets)
      out_.emplace_back(
          answer{whose, {desk::refusal::conflict, "the job has just succeeded", "", 0}});
    conclude(*one, event_kind::succeeded,
             what.reused_from.empty() ? ""
                                      : "the results of job " + what.reused_from + " are reused",
             detail_of_success(what));
  } else if (runs.why == stop::cancel) {
    conclude(*one, event_kind::cancelled, runs.cause, "", std::move(runs.tickets));
  } else if (runs.why == stop::hard) {
    conclude(*one, event_kind::failed,
             "ended after its hard limit of " + std::to_string(one->hard_limit_s) + " s",
             detail_of({culprit::ours, "", "raise spec.hard_limit_s, or JOB_TIMEOUT", "limit"}));
  } else if (runs.why == stop::soft) {
    fail_or_retry(*one,
                  {culprit::ours,
                   "stopped after its soft limit of " + std::to_string(one->soft_limit_s) + " s",
                   "raise spec.soft_limit_s", "limit"},
                  true, now);
  } else if (runs.why == stop::drain && what.how == result::interrupted) {
    conclude(*one, event_kind::interrupted, "the service is stopping", "");
  } else if (what.how == result::interrupted) {
    fail_or_retry(*one, {culprit::ours, "interrupted, and nobody asked for it", "", "queue"}, true,
                  now);
  } else {
    fail_or_retry(*one, what.why, !spared, now);
  }
}

void rules::source_reached(const job_key& key, std::uint32_t media_s) {
  auto* one = at(key);
  if (one == nullptr || !running_.contains(key))
    return;
  one->probe = false;
  gate_.answered(*one);
  tallies_.remove(*one);
  if (one->media_s == 0 && media_s > 0)
    tallies_.learn_length(one->queue, media_s);
  one->media_s = std::max(one->media_s, media_s);
  tallies_.add(*one);
}

} // namespace vdoc::queue
