#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::ledger {

/// Where a job stands. What is stored beside the job is only for finding it: `state_after` derives
/// it from the events, and a test holds that both agree.
///
///     scheduled -> queued -> running -> succeeded
///                   ^ ^       |-> retrying -> running
///                   | |       |-> interrupted -> running   (a signal, or the node died)
///                   | |       |-> failed                   (the dead letters)
///                   | |       `-> cancelled                (from any state that is not an end)
///                   | `------------ requeued, from an end or while it is retrying
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

/// Those that a known job can be in.
inline constexpr std::array known_states{
    job_state::queued,    job_state::running, job_state::retrying,  job_state::interrupted,
    job_state::succeeded, job_state::failed,  job_state::cancelled, job_state::scheduled};

/// Whether nothing more happens to a job in this state unless somebody asks for it.
constexpr bool is_end(job_state state) noexcept {
  return state == job_state::succeeded || state == job_state::failed ||
         state == job_state::cancelled;
}

/// What can happen to a job. History is appended to and never changed; retention removes a job
/// with all of it.
enum class event_kind : std::uint8_t {
  submitted,   ///< the job is known; written together with the job
  started,     ///< an attempt begins; its number goes up by one
  resumed,     ///< an attempt begins that builds on what earlier ones left
  host_lost,   ///< a media host ended under it; `cause` says how
  warned,      ///< something a person should know, the job goes on
  retrying,    ///< the attempt is over, another one follows at `detail`, Unix time in ms
  interrupted, ///< stopped in good order by a signal
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
  unfit,         ///< no store could keep it (see `store::write`); not written
};
std::string to_string(outcome what);

std::string to_string(job_state state);
std::string to_string(event_kind kind);
/// The state or kind with that name; nothing when there is none.
std::optional<job_state> job_state_from(std::string_view name);
std::optional<event_kind> event_kind_from(std::string_view name);

/// The state that follows from one more event. An end is final except that `started`, `resumed`
/// and `requeued` begin anew.
job_state state_after(job_state before, event_kind kind) noexcept;

/// Whether `kind` begins an attempt.
constexpr bool begins_attempt(event_kind kind) noexcept {
  return kind == event_kind::started || kind == event_kind::resumed;
}

/// Whether the ledger takes an event of this kind for a job in this state:
/// - `submitted` only as the first, `scheduled` only while it is queued;
/// - `started` and `resumed` from anywhere but `scheduled` (`run --resume` does an end over again);
/// - `retrying`, `interrupted`, `succeeded` and `host_lost` only while it runs;
/// - `failed` and `cancelled` from anything that is not an end;
/// - `due` only while it is scheduled, `requeued` only at an end or while it is retrying;
/// - `reprioritised` and `warned` always.
bool may_follow(job_state before, event_kind kind) noexcept;

} // namespace vdoc::ledger
