#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::ledger {

/// Where a job stands. Never stored by itself: `state_after` derives it from the events.
///
///     queued -> running -> succeeded
///       ^         |-> retrying -> running
///       |         |-> interrupted -> running      (a signal, or the node died: can be resumed)
///       |         |-> failed
///       `---------`-> cancelled
enum class job_state : std::uint8_t {
  unknown,
  queued,
  running,
  retrying,
  interrupted,
  succeeded,
  failed,
  cancelled,
};

/// What can happen to a job. History is appended to and never changed.
enum class event_kind : std::uint8_t {
  submitted,   ///< the job is known; written together with the job
  started,     ///< an attempt begins; its number goes up by one
  resumed,     ///< an attempt begins that builds on what earlier ones left
  host_lost,   ///< a media host ended under it; `cause` says how
  warned,      ///< something a person should know, the job goes on
  retrying,    ///< the attempt is over, another one follows
  interrupted, ///< stopped in good order by a signal
  succeeded,
  failed,
  cancelled,
};

/// How a write or a question went.
enum class outcome : std::uint8_t {
  done,
  unknown_job, ///< no such job
  store_down,  ///< the database did not take it (`trouble` says why); nothing was written
};
std::string to_string(outcome what);

std::string to_string(job_state state);
std::string to_string(event_kind kind);
/// The kind with that name; nothing when there is none.
std::optional<event_kind> event_kind_from(std::string_view name);

/// A job as it was asked for. Never changes.
struct job {
  std::string id;     ///< UUIDv7; empty in `submit`: the ledger makes one
  std::string source; ///< path or URL, as resolved
  std::string output; ///< name of the folder below the output directory
  std::string spec;   ///< options as JSON, opaque to the ledger
  friend bool operator==(const job&, const job&) = default;
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
  friend bool operator==(const event&, const event&) = default;
};

/// A job with what its events amount to.
struct job_record {
  job what;
  job_state state = job_state::unknown;
  std::uint32_t attempts = 0;
  std::int64_t submitted_unix_ms = 0;
  std::string last_cause;
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

/// The state that follows from one more event. An end is final except that `started` and
/// `resumed` begin a new attempt.
job_state state_after(job_state before, event_kind kind) noexcept;

/// Whether `kind` begins an attempt.
constexpr bool begins_attempt(event_kind kind) noexcept {
  return kind == event_kind::started || kind == event_kind::resumed;
}

/// What a history, oldest first, amounts to.
job_record sum_up(job what, const std::vector<event>& events);

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job& x) {
  return f(x.id, x.source, x.output, x.spec);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, event& x) {
  return f(x.job_id, x.kind, x.cause, x.detail, x.attempt, x.at_unix_ms, x.sequence);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, job_record& x) {
  return f(x.what, x.state, x.attempts, x.submitted_unix_ms, x.last_cause);
}

} // namespace vdoc::ledger
