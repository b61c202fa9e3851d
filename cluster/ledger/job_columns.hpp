#pragma once

#include "cluster/ledger/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vdoc::ledger {

/// The columns of the table of jobs, the same in every database and in this order:
/// what was asked for (13), what the events amount to (9).
inline constexpr const char* job_columns =
    "id, source, output, spec, tenant, queue, priority, idempotency_key, labels, "
    "not_before_unix_ms, after_jobs, traceparent, callback, "
    "state, attempts, tries, submitted_unix_ms, last_cause, changed_unix_ms, due_unix_ms, "
    "first_sequence, last_sequence";

/// The ids of jobs that another one waits for, as they are stored.
std::string written_ids(const std::vector<std::string>& ids);
std::vector<std::string> read_ids(const std::string& written);

/// A record out of a row with these columns; `Row` has text(column) and number(column).
template <class Row> job_record read_job(const Row& row) {
  job_record one;
  one.what = {row.text(0),
              row.text(1),
              row.text(2),
              row.text(3),
              row.text(4),
              row.text(5),
              static_cast<std::int32_t>(row.number(6)),
              row.text(7),
              row.text(8),
              row.number(9),
              read_ids(row.text(10)),
              row.text(11),
              row.text(12)};
  one.state = job_state_from(row.text(13)).value_or(job_state::unknown);
  one.attempts = static_cast<std::uint32_t>(row.number(14));
  one.tries = static_cast<std::uint32_t>(row.number(15));
  one.submitted_unix_ms = row.number(16);
  one.last_cause = row.text(17);
  one.changed_unix_ms = row.number(18);
  one.due_unix_ms = row.number(19);
  one.last_sequence = static_cast<std::uint64_t>(row.number(21));
  return one;
}

/// A question for jobs that are to be shown: what `jobs` asks for, with the detail of the event by
/// which each has succeeded as one more column. It has to be sorted anew.
std::string with_success(const std::string& jobs);

/// The job named in the detail of a `succeeded` event as the one that has made the results.
std::string reused_in(const std::string& detail);

/// A record out of a row of `with_success`.
template <class Row> job_record read_shown_job(const Row& row) {
  constexpr int behind_the_others = 22;
  auto one = read_job(row);
  one.reused_from = reused_in(row.text(behind_the_others));
  return one;
}

/// A page out of up to `most` + 1 jobs.
job_page as_page(std::vector<job_record> jobs, std::uint32_t most);

/// An event out of a row: kind, cause, detail, attempt, at_unix_ms, sequence.
template <class Row> event read_event(const Row& row, const std::string& job_id) {
  return {job_id,
          event_kind_from(row.text(0)).value_or(event_kind::warned),
          row.text(1),
          row.text(2),
          static_cast<std::uint32_t>(row.number(3)),
          row.number(4),
          static_cast<std::uint64_t>(row.number(5)),
          0};
}

} // namespace vdoc::ledger
