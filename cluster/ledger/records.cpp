#include "cluster/ledger/records.hpp"

#include "cluster/ledger/job_columns.hpp"

#include <charconv>

namespace vdoc::ledger {

namespace {

/// The number that a text begins with, or 0.
template <class Number> Number number_in(const std::string& text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

} // namespace

void add(job_record& sum, const event& next) {
  const auto before = sum.state;
  sum.state = state_after(before, next.kind);
  if (begins_attempt(next.kind)) {
    ++sum.attempts;
    ++sum.tries;
  }
  if (next.kind == event_kind::submitted && before == job_state::unknown)
    sum.submitted_unix_ms = next.at_unix_ms;
  if (next.kind == event_kind::requeued) {
    sum.tries = 0;
    if (!next.detail.empty())
      sum.what.spec = next.detail;
  }
  if (next.kind == event_kind::reprioritised)
    sum.what.priority = number_in<std::int32_t>(next.detail);
  if (sum.state != job_state::retrying)
    sum.due_unix_ms = 0;
  else if (next.kind == event_kind::retrying)
    sum.due_unix_ms = number_in<std::int64_t>(next.detail);
  if (sum.state != job_state::succeeded)
    sum.reused_from.clear();
  else if (before != job_state::succeeded)
    sum.reused_from = reused_in(next.detail);
  if (!next.cause.empty())
    sum.last_cause = next.cause;
  sum.changed_unix_ms = next.at_unix_ms;
  sum.last_sequence = next.sequence;
}

job_record sum_up(job what, const std::vector<event>& events) {
  job_record sum;
  sum.what = std::move(what);
  for (const auto& each : events)
    add(sum, each);
  return sum;
}

} // namespace vdoc::ledger
