#pragma once

#include "cluster/ledger/states.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::ledger {

/// A job as it was asked for. Only `requeued` (spec) and `reprioritised` (priority) change it.
struct job {
  std::string id;     ///< UUIDv7; empty in `submit`: the ledger makes one
  std::string source; ///< path or URL, as resolved
  std::string output; ///< name of the folder below the output directory
  std::string spec;   ///< options as JSON, opaque to the ledger
  std::string tenant = "default";
  std::string queue = "default";
  std::int32_t priority = 0;           ///< higher goes first
  std::string idempotency_key;         ///< unique for each tenant; empty: none
  std::string labels;                  ///< flat JSON object of strings, or empty
  std::int64_t not_before_unix_ms = 0; ///< 0: at once
  std::vector<std::string> after;      ///< ids of jobs that must have succeeded first
  std::string traceparent;             ///< W3C Trace Context, or empty
  std::string callback;                ///< where to tell of its end, as JSON, or empty
  /// Not empty: for so long other jobs of the tenant with this key are taken for this one. Neither
  /// is stored with the job: see `store::write`.
  std::string dedupe_key = {};
  std::int64_t dedupe_window_ms = 0;
  friend bool operator==(const job&, const job&) = default;
};

/// Anything else that must survive: a queue's settings, a schedule, a token, an upload, a line of
/// the audit log, a webhook that is to be delivered. Written in one transaction with jobs and
/// events, so that neither can be without the other.
struct document {
  static constexpr std::int64_t any_version = -1;

  std::string kind; ///< "queue", "schedule", "token", ...
  std::string key;  ///< unique within the kind; read back in the order of keys
  std::string body; ///< JSON, opaque to the ledger; empty removes the document
  /// As stored, from 1, one more with each write. To write: what it must be before (0: there is
  /// none), or `any_version`; else the write is `stale`.
  std::int64_t version = any_version;
  friend bool operator==(const document&, const document&) = default;
};

/// One line of a job's history.
struct event {
  std::string job_id;
  event_kind kind = event_kind::warned;
  std::string cause;           ///< why, in words: "SIGINT", "SIGSEGV in TRANSCODE"
  std::string detail;          ///< JSON or empty, opaque to the ledger
  std::uint32_t attempt = 0;   ///< filled in by the ledger
  std::int64_t at_unix_ms = 0; ///< when it happened; 0: the ledger fills in its own time
  std::uint64_t sequence = 0;  ///< filled in by the ledger: order over all jobs
  /// Not 0: the attempt that the writer believes to be the job's last; another one makes the event
  /// `stale`. Not stored.
  std::uint32_t fence = 0;
  /// Documents that stand and fall with it: written in the same transaction, or, when the event is
  /// refused, not at all. Not stored in it.
  std::vector<document> papers = {};
  friend bool operator==(const event&, const event&) = default;
};

/// A job with what its events amount to.
struct job_record {
  job what;
  job_state state = job_state::unknown;
  std::uint32_t attempts = 0;
  std::int64_t submitted_unix_ms = 0;
  std::string last_cause;
  std::int64_t changed_unix_ms = 0; ///< time of the last event
  std::uint64_t last_sequence = 0;  ///< of the last event
  std::uint32_t tries = 0;          ///< attempts since it was submitted or last requeued
  std::int64_t due_unix_ms = 0;     ///< retrying: when the next attempt may begin
  std::string reused_from = {}; ///< succeeded: the job that has made its results, if another has
  friend bool operator==(const job_record&, const job_record&) = default;
};

/// `unknown_job` when there is none. A job that is still `running` was cut off: its node died.
struct found {
  outcome result = outcome::done;
  job_record what;
  std::string trouble;
};

/// The answer to a question for a history, oldest event first.
struct history {
  outcome result = outcome::done;
  std::vector<event> events;
  std::string trouble;
};

/// Which jobs to list. Empty fields match everything; texts match exactly unless they say
/// otherwise.
struct job_filter {
  std::vector<job_state> states;
  std::string tenant;
  std::string queue;
  std::string label_key; ///< with `label_value`: a job whose labels have this pair
  std::string label_value;
  std::string text; ///< part of the source, the output or the last cause, in any case of letters
  std::int64_t submitted_from_unix_ms = 0;
  std::int64_t submitted_until_unix_ms = 0; ///< not included; 0: no end
};

/// A page of jobs, the newest first.
struct job_page {
  outcome result = outcome::done;
  std::vector<job_record> jobs;
  std::string next; ///< cursor of the next page: the id of the last job; empty at the end
  std::string trouble;
};

/// How many jobs are in a state.
struct job_count {
  std::string tenant;
  std::string queue;
  job_state state = job_state::unknown;
  std::uint64_t jobs = 0;
  friend bool operator==(const job_count&, const job_count&) = default;
};

/// Adds one more event, the newest, to what a job amounts to. `requeued` and `reprioritised` change
/// `what` as well.
void add(job_record& sum, const event& next);

/// What a history, oldest first, amounts to.
job_record sum_up(job what, const std::vector<event>& events);

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job& x) {
  return f(x.id, x.source, x.output, x.spec, x.tenant, x.queue, x.priority, x.idempotency_key,
           x.labels, x.not_before_unix_ms, x.after, x.traceparent, x.callback, x.dedupe_key,
           x.dedupe_window_ms);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, document& x) {
  return f(x.kind, x.key, x.body, x.version);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, event& x) {
  return f(x.job_id, x.kind, x.cause, x.detail, x.attempt, x.at_unix_ms, x.sequence, x.fence,
           x.papers);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job_record& x) {
  return f(x.what, x.state, x.attempts, x.submitted_unix_ms, x.last_cause, x.changed_unix_ms,
           x.last_sequence, x.tries, x.due_unix_ms, x.reused_from);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job_filter& x) {
  return f(x.states, x.tenant, x.queue, x.label_key, x.label_value, x.text,
           x.submitted_from_unix_ms, x.submitted_until_unix_ms);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job_page& x) {
  return f(x.result, x.jobs, x.next, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job_count& x) {
  return f(x.tenant, x.queue, x.state, x.jobs);
}

} // namespace vdoc::ledger
