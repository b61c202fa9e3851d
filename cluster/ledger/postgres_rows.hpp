#pragma once

#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/job_columns.hpp"

#include <cstdint>
#include <string>

/// What is written of each row, in whatever form: `Rows` takes the values of one with `add`.
namespace vdoc::ledger::postgres {

/// `job_columns` of the jobs that are new.
template <class Rows> void add_new_jobs(Rows& to, const decided& todo) {
  for (const auto& row : todo.jobs) {
    if (!row.is_new)
      continue;
    const auto& [what, state, attempts, submitted, cause, changed, last, tries, due, reused] =
        row.record; // `reused` is read out of the events
    to.add(what.id, what.source, what.output, what.spec, what.tenant, what.queue, what.priority,
           what.idempotency_key, what.labels, what.not_before_unix_ms, written_ids(what.after),
           what.traceparent, what.callback, to_string(state), std::int64_t{attempts},
           std::int64_t{tries}, submitted, cause, changed, due, row.first_sequence, last);
  }
}

/// job_id, kind, cause, detail, attempt, at_unix_ms, sequence.
template <class Rows> void add_events(Rows& to, const decided& todo) {
  for (const auto& one : todo.events)
    to.add(one.job_id, to_string(one.kind), one.cause, one.detail, std::int64_t{one.attempt},
           one.at_unix_ms, one.sequence);
}

} // namespace vdoc::ledger::postgres
