#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::ledger {

/// Where a job stands. What is stored beside the job is only for finding it: `state_after` derives
/// it from the events, and a test holds that both agree.
///
///     scheduled -> queued -> running -> succeeded
///                   ^ ^       |-> retrying -> running
///                   | |       |-> interrupted -> running   (a signal, or the node died)
///                   | |       |-> failed                   (the dead letters)
///                   | |       `-> cancelled                (from any state that is not an end)
///                   | `------------ requeued, from an end
///                   `-------------- due
enum class job_state : std::uint8_t {
  unknown,
  queued,
  running,
  retrying, ///< waits for its next attempt
  interrupted,
  succeeded,
  failed,
  cancelled,
  scheduled, ///< waits for its time, or for other jobs
};

/// Whether nothing more happens to a job in this state unless somebody asks for it.
constexpr bool is_end(job_state state) noexcept {
  return state == job_state::succeeded || state == job_state::failed ||
         state == job_state::cancelled;
}

/// What can happen to a job. History is appended to and never changed; retention removes a job
/// with all of it.
enum class event_kind : std::uint8_t {
  submitted,     ///< the job is known; written together with the job
  started,       ///< an attempt begins; its number goes up by one
  resumed,       ///< an attempt begins that builds on what earlier ones left
  host_lost,     ///< a media host ended under it; `cause` says how
  warned,        ///< something a person should know, the job goes on
  retrying,      ///< the attempt is over, another one follows at `detail`, Unix time in ms
  interrupted,   ///< stopped in good order by a signal
  succeeded,
  failed,
  cancelled,
  scheduled,     ///< it is to wait; written together with the job
  due,           ///< what it waited for has come
  requeued,      ///< somebody wants it done again; `detail` may hold another spec
  reprioritised, ///< `detail` is the new priority
};

/// How a write or a question went.
enum class outcome : std::uint8_t {
  done,
  unknown_job,   ///< no such job
  store_down,    ///< the database did not take it (`trouble` says why); nothing was written
  known_already, ///< a job with this tenant and idempotency key; `job_id` is that one's
  stale,         ///< the fence or the expected version is not the present one; not written
  impossible,    ///< the event cannot follow the state that the job is in; not written
};
std::string to_string(outcome what);

std::string to_string(job_state state);
std::string to_string(event_kind kind);
/// The kind with that name; nothing when there is none.
std::optional<event_kind> event_kind_from(std::string_view name);

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
  /// Not 0: the attempt that the writer believes to be the job's last; another one makes the event
  /// `stale`. Not stored.
  std::uint32_t fence = 0;
  friend bool operator==(const event&, const event&) = default;
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

/// Which jobs to list. Empty fields match everything; texts match exactly unless they say otherwise.
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

/// The state that follows from one more event. An end is final except that `started`, `resumed`
/// and `requeued` begin anew.
job_state state_after(job_state before, event_kind kind) noexcept;

/// Whether `kind` begins an attempt.
constexpr bool begins_attempt(event_kind kind) noexcept {
  return kind == event_kind::started || kind == event_kind::resumed;
}

/// Whether the ledger takes an event of this kind for a job in this state:
/// - `started` and `resumed` from anywhere but `scheduled` (`run --resume` does an end over again);
/// - `retrying`, `interrupted`, `succeeded` and `host_lost` only while it runs;
/// - `failed` and `cancelled` from anything that is not an end;
/// - `due` only while it is scheduled, `requeued` only at an end or while it is retrying;
/// - `reprioritised` and `warned` always.
bool may_follow(job_state before, event_kind kind) noexcept;

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
