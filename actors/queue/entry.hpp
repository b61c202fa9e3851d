#pragma once

#include "actors/queue/job_key.hpp"
#include "cluster/dispatch/urgency.hpp"
#include "cluster/ledger/states.hpp"

#include <cstdint>

namespace vdoc::queue {

/// Now, on two clocks: one that never steps, for how long things take, and the calendar's.
struct moment {
  std::int64_t steady_ms = 0;
  std::int64_t unix_ms = 0;
};

/// Where an open job stands, in more detail than the ledger.
enum class phase : std::uint8_t {
  scheduled, ///< waits for its time, or for other jobs
  queued,    ///< in the backlog
  parked,    ///< behind the breaker of its source host
  uploading, ///< until its source is uploaded, or far enough
  retrying,  ///< waits for its backoff to pass
  starting,  ///< its attempt is being committed
  running,
  ending, ///< its end is being committed
};

/// What is kept of an open job, whatever its spec: about 250 bytes with its places in the backlog.
struct entry {
  job_key key;
  std::uint64_t turn = 0; ///< order of arrival
  std::int64_t submitted_unix_ms = 0;
  std::int64_t due_ms = 0; ///< scheduled, and then since when not: calendar; retrying: steady
  std::uint32_t tenant = 0;
  std::uint32_t queue = 0;
  std::uint32_t source_host = 0; ///< 0: none, the source is a file
  std::uint32_t upload = 0;      ///< number of the upload that is its source; 0: it is none
  std::uint32_t attempts = 0;    ///< as the ledger counts them: the fence
  std::uint32_t soft_limit_s = 0;
  std::uint32_t hard_limit_s = 0;
  std::uint32_t media_s = 0; ///< length of the source; 0: not known
  std::int32_t priority = 0;
  dispatch::urgency urgency = dispatch::urgency::batch;
  std::uint16_t failures = 0; ///< attempts that count against `most_attempts`
  std::uint16_t most_attempts = 1;
  std::uint16_t waits_for = 0; ///< jobs that have to succeed first
  std::uint8_t spared = 0;     ///< failed probes that were not held against it
  ledger::job_state written = ledger::job_state::unknown; ///< as the ledger has it
  phase at = phase::queued;
  phase before = phase::queued; ///< while `ending`: where it was
  bool noop = false;
  bool resume = false;        ///< an earlier attempt left something to build on
  bool due_unwritten = false; ///< the ledger does not know yet that its wait is over
  bool unwritten = false;     ///< its submission is being committed, perhaps with its beginning
  bool probe = false;         ///< tries for all of its source host whether it is up again
};

} // namespace vdoc::queue
