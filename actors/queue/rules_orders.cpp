#include "actors/queue/rules.hpp"

#include <algorithm>
#include <limits>

/// The part of QUEUE's rules that people and limits set in motion.
namespace vdoc::queue {

using desk::job_action;
using desk::refusal;
using ledger::event_kind;

bool rules::order(ticket whose, const job_key& key, const desk::job_order& what, moment now) {
  auto* one = at(key);
  if (one == nullptr)
    return false;
  const auto refuse = [&](const char* why, const char* advice) {
    out_.emplace_back(answer{whose, {refusal::conflict, why, advice, 0}});
    return true;
  };
  if (one->at == phase::ending) {
    postponed_[key].emplace_back(whose, what);
    return true;
  }
  switch (what.what) {
  case job_action::cancel:
    return cancel(whose, *one, what, now);
  case job_action::retry:
    if (one->at != phase::retrying)
      return refuse("the job is not at an end", "cancel it first");
    return retry(whose, *one, what);
  case job_action::reprioritise:
    out_.emplace_back(record{key,
                             event_kind::reprioritised,
                             what.cause,
                             std::to_string(what.priority),
                             0,
                             false,
                             {whose}});
    return true;
  }
  return refuse("there is no such order", "");
}

bool rules::cancel(ticket whose, entry& one, const desk::job_order& what, moment now) {
  if (one.at == phase::starting || one.at == phase::running) {
    auto& runs = running_.at(one.key);
    runs.tickets.push_back(whose);
    if (runs.why == stop::cancel)
      return true;
    runs.cause = what.cause;
    stop_running(one, runs, stop::cancel, now);
    return true;
  }
  if (one.at == phase::scheduled)
    scheduled_.erase(
        {one.waits_for > 0 ? std::numeric_limits<std::int64_t>::max() : one.due_ms, &one});
  else if (one.at == phase::queued)
    backlog_.take_out(one);
  else if (one.at == phase::parked)
    gate_.take_out(one);
  else if (one.at == phase::uploading)
    uploads_.take_out(one);
  else
    retrying_.erase({one.due_ms, &one});
  // Nothing has happened yet: a ledger that is away refuses it, and the job goes on waiting.
  write(one, {one.key, event_kind::cancelled, what.cause, "", one.attempts, false, {whose}});
  return true;
}

/// Of a job that waits for its next attempt: it need not wait, and may have another spec.
bool rules::retry(ticket whose, entry& one, const desk::job_order& what) {
  retrying_.erase({one.due_ms, &one});
  write(one, {one.key, event_kind::requeued, what.cause, what.spec, one.attempts, false, {whose}});
  return true;
}

void rules::set_queue(const std::string& queue, const queue_terms& terms) {
  backlog_.set_queue(tallies_.queue(queue), terms);
}

queue_terms rules::terms_of(const std::string& queue) const {
  const auto number = tallies_.queue_names().find(queue);
  return number ? backlog_.terms_of(*number) : queue_terms{};
}

void rules::set_tenant(const std::string& tenant, const tenant_terms& terms) {
  tallies_.set_tenant(tenant, terms);
  backlog_.set_most_running(tallies_.tenant(tenant), terms.running);
}

void rules::drain() {
  draining_ = true;
  for (auto& [key, runs] : running_) {
    auto& one = *at(key);
    if (one.at == phase::running && runs.why == stop::none) {
      runs.why = stop::drain;
      out_.emplace_back(interrupt{key});
    }
  }
}

/// A running job has to stop: at once, or in good order with so much patience.
void rules::stop_running(entry& one, attempt& runs, stop why, moment now) {
  runs.why = why;
  if (one.at != phase::running)
    return; // not begun yet: seen to when that is committed
  set_limit_timer(one.key, runs, false);
  if (why == stop::cancel || why == stop::hard) {
    runs.soft_ms = runs.hard_ms = runs.force_ms = 0;
    out_.emplace_back(end_by_force{one.key});
  } else {
    runs.soft_ms = 0;
    runs.force_ms = now.steady_ms + terms_.stop_grace_ms;
    out_.emplace_back(interrupt{one.key});
  }
  set_limit_timer(one.key, runs, true);
}

void rules::set_limit_timer(const job_key& key, attempt& runs, bool on) {
  std::int64_t next = 0;
  const bool held = held_since_ms_.has_value();
  for (const auto limit : {held ? 0 : runs.soft_ms, held ? 0 : runs.hard_ms, runs.force_ms})
    if (limit != 0 && (next == 0 || limit < next))
      next = limit;
  if (next == 0)
    return;
  if (on)
    limits_.emplace(next, key);
  else
    limits_.erase({next, key});
}

void rules::stages_paused(bool any, moment now) {
  if (any == held_since_ms_.has_value())
    return;
  for (auto& [key, runs] : running_)
    set_limit_timer(key, runs, false);
  for (auto& [key, runs] : running_)
    for (auto* limit : {&runs.soft_ms, &runs.hard_ms})
      if (!any && *limit != 0)
        *limit += now.steady_ms - std::max(*held_since_ms_, runs.begun_ms);
  held_since_ms_ = any ? std::optional{now.steady_ms} : std::nullopt;
  for (auto& [key, runs] : running_)
    set_limit_timer(key, runs, true);
}

std::uint32_t rules::running_early() const {
  return static_cast<std::uint32_t>(std::ranges::count_if(running_, [this](const auto& each) {
    const auto* one = find(each.first);
    return one != nullptr && uploads_.is_early(*one);
  }));
}

/// Time limits are for the work, not for a slow line: they begin anew while the source is still
/// being uploaded. How long that may take, the upload's own life says.
bool rules::extend_limits(entry& one, attempt& runs, moment now) {
  if (runs.force_ms != 0 || !uploads_.is_early(one))
    return false;
  constexpr std::int64_t ms_per_s = 1'000;
  set_limit_timer(one.key, runs, false);
  if (runs.soft_ms != 0)
    runs.soft_ms = now.steady_ms + one.soft_limit_s * ms_per_s;
  if (runs.hard_ms != 0)
    runs.hard_ms = now.steady_ms + one.hard_limit_s * ms_per_s;
  set_limit_timer(one.key, runs, true);
  return true;
}

void rules::fire_limits(moment now) {
  while (!limits_.empty() && limits_.begin()->first <= now.steady_ms) {
    const auto key = limits_.begin()->second;
    auto& runs = running_.at(key);
    auto& one = *at(key);
    const auto reached = [&](std::int64_t limit) { return limit != 0 && limit <= now.steady_ms; };
    if (extend_limits(one, runs, now))
      continue;
    if (!held_since_ms_ && reached(runs.hard_ms)) {
      stop_running(one, runs, stop::hard, now);
    } else if (reached(runs.force_ms)) {
      set_limit_timer(key, runs, false);
      runs.force_ms = 0;
      set_limit_timer(key, runs, true);
      out_.emplace_back(end_by_force{key});
    } else {
      stop_running(one, runs, stop::soft, now);
    }
  }
}

void rules::fire_timers(moment now) {
  std::uint32_t moved = 0;
  const auto goes_on = [&] {
    more_ = more_ || moved >= terms_.most_a_turn;
    return moved < terms_.most_a_turn;
  };
  while (!scheduled_.empty() && scheduled_.begin()->first <= now.unix_ms && goes_on()) {
    auto& one = *scheduled_.begin()->second;
    scheduled_.erase(scheduled_.begin());
    one.due_unwritten = true;
    one.due_ms = now.unix_ms; // since when it could start
    out_.emplace_back(record{one.key, event_kind::due, "", "", 0, false, {}});
    place(one, phase::queued);
    ++moved;
  }
  while (!retrying_.empty() && retrying_.begin()->first <= now.steady_ms && goes_on()) {
    auto& one = *retrying_.begin()->second;
    retrying_.erase(retrying_.begin());
    place(one, phase::queued);
    ++moved;
  }
  const auto can_start = [this](const entry& one) { return !backlog_.terms_of(one.queue).paused; };
  const auto released = gate_.released(now.steady_ms, terms_.most_a_turn, can_start);
  for (auto* one : released)
    place(*one, phase::queued);
  for (auto* one : uploads_.released(uploads_.empty() ? 0 : running_early()))
    place(*one, phase::queued);
  more_ = more_ || released.size() >= terms_.most_a_turn;
}

void rules::start_what_may(moment now) {
  for (std::uint32_t moved = 0;; ++moved) {
    if (moved >= terms_.most_a_turn) {
      more_ = true;
      return;
    }
    auto* one = backlog_.take_next(now.steady_ms, terms_.max_running);
    if (one == nullptr)
      return;
    if (!gate_.lets_through(*one, now.steady_ms)) {
      place(*one, phase::parked);
      continue;
    }
    if (one->upload != 0 && !uploads_.lets_through(*one, running_early())) {
      place(*one, phase::uploading);
      continue;
    }
    backlog_.began(*one, now.steady_ms);
    move_to(*one, phase::starting);
    running_[one->key].number = one->attempts + 1;
    out_.emplace_back(begin{one->key, one->attempts + 1, one->resume, one->due_unwritten});
  }
}

effects rules::decide(moment now) {
  more_ = false;
  if (loaded_) {
    fire_limits(now);
    if (!draining_)
      fire_timers(now);
    if (!draining_ && !ledger_away_)
      start_what_may(now);
  }
  return std::exchange(out_, {});
}

std::optional<std::int64_t> rules::wake_in_ms(moment now) const {
  std::optional<std::int64_t> least;
  const auto at_most = [&](std::optional<std::int64_t> wait) {
    if (wait)
      least = std::max<std::int64_t>(0, std::min(least.value_or(*wait), *wait));
  };
  if (!limits_.empty())
    at_most(limits_.begin()->first - now.steady_ms);
  if (!loaded_ || draining_)
    return least;
  if (more_)
    return 0;
  // The calendar may be set meanwhile: looked at once a second.
  constexpr std::int64_t second = 1'000;
  if (!scheduled_.empty() && scheduled_.begin()->first != std::numeric_limits<std::int64_t>::max())
    at_most(std::min(scheduled_.begin()->first - now.unix_ms, second));
  if (!retrying_.empty())
    at_most(retrying_.begin()->first - now.steady_ms);
  at_most(gate_.wait_ms(now.steady_ms));
  constexpr std::int64_t look_at_uploads_ms = 200;
  if (!uploads_.empty())
    at_most(look_at_uploads_ms);
  if (backlog_.running_as_urgent(dispatch::urgency::live) < terms_.max_running)
    at_most(backlog_.wait_ms(now.steady_ms));
  return least;
}

std::vector<desk::queue_view> rules::queues(std::int64_t now_unix_ms) const {
  std::vector<desk::queue_view> all;
  for (std::uint32_t number = 1; number <= tallies_.queue_names().size(); ++number) {
    auto view = tallies_.view_of(number);
    const auto terms = backlog_.terms_of(number);
    view.paused = terms.paused;
    view.concurrency = terms.concurrency;
    view.starts_per_min = terms.starts_per_min;
    if (const auto oldest = backlog_.oldest_unix_ms(number))
      view.oldest_age_ms = std::max<std::int64_t>(0, now_unix_ms - *oldest);
    all.push_back(std::move(view));
  }
  return all;
}

} // namespace vdoc::queue
