#include "cluster/ledger/records.hpp"

#include <array>

namespace vdoc::ledger {

namespace {

constexpr std::array<std::string_view, 10> kinds{
    "submitted", "started",     "resumed",   "host_lost", "warned",
    "retrying",  "interrupted", "succeeded", "failed",    "cancelled"};

} // namespace

std::string to_string(outcome what) {
  constexpr std::array<const char*, 3> names{"done", "unknown_job", "store_down"};
  const auto at = static_cast<std::size_t>(what);
  return at < names.size() ? names[at] : "unknown outcome";
}

std::string to_string(job_state state) {
  constexpr std::array<const char*, 8> names{"unknown",     "queued",    "running", "retrying",
                                             "interrupted", "succeeded", "failed",  "cancelled"};
  const auto at = static_cast<std::size_t>(state);
  return at < names.size() ? names[at] : "unknown";
}

std::string to_string(event_kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  return std::string{at < kinds.size() ? kinds[at] : "unknown"};
}

std::optional<event_kind> event_kind_from(std::string_view name) {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i] == name)
      return static_cast<event_kind>(i);
  return std::nullopt;
}

job_state state_after(job_state before, event_kind kind) noexcept {
  const auto over = before == job_state::succeeded || before == job_state::failed ||
                    before == job_state::cancelled;
  if (over && !begins_attempt(kind))
    return before;
  switch (kind) {
  case event_kind::submitted:
    return before == job_state::unknown ? job_state::queued : before;
  case event_kind::started:
  case event_kind::resumed:
    return job_state::running;
  case event_kind::host_lost:
  case event_kind::warned:
    return before;
  case event_kind::retrying:
    return job_state::retrying;
  case event_kind::interrupted:
    return job_state::interrupted;
  case event_kind::succeeded:
    return job_state::succeeded;
  case event_kind::failed:
    return job_state::failed;
  case event_kind::cancelled:
    return job_state::cancelled;
  }
  return before;
}

job_record sum_up(job what, const std::vector<event>& events) {
  job_record sum;
  sum.what = std::move(what);
  for (const auto& each : events) {
    sum.state = state_after(sum.state, each.kind);
    if (begins_attempt(each.kind))
      ++sum.attempts;
    if (each.kind == event_kind::submitted && sum.submitted_unix_ms == 0)
      sum.submitted_unix_ms = each.at_unix_ms;
    if (!each.cause.empty())
      sum.last_cause = each.cause;
  }
  return sum;
}

} // namespace vdoc::ledger
