#pragma once

#include "actors/queue/job_key.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/ledger/records.hpp"
#include "pipelines/fault.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::queue {

using ticket = std::uint64_t; ///< of somebody who waits for an answer, as the shell has numbered it

// What the shell is to do.

/// Commit that an attempt begins, then say so with `begun`.
struct begin {
  job_key key;
  std::uint32_t attempt = 1; ///< it will be this one
  bool resume = false;
  bool due_first = false; ///< the ledger has to learn first that the job's wait is over
  friend bool operator==(const begin&, const begin&) = default;
};
/// Commit one more event of a job, then say so with `committed`.
struct record {
  job_key key;
  ledger::event_kind kind = ledger::event_kind::due;
  std::string cause;
  std::string detail;
  std::uint32_t fence = 0;
  bool keep = false;           ///< it has happened: spool it while the ledger is away
  std::vector<ticket> tickets; ///< who waits for it
  friend bool operator==(const record&, const record&) = default;
};
/// The attempt is committed: do the work, then say how it ended with `ended`.
struct run {
  job_key key;
  std::uint32_t attempt = 1;
  bool resume = false;
  bool noop = false;
  friend bool operator==(const run&, const run&) = default;
};
/// Let the attempt stop in good order.
struct interrupt {
  job_key key;
  friend bool operator==(const interrupt&, const interrupt&) = default;
};
/// End the attempt within two seconds, whatever it does.
struct end_by_force {
  job_key key;
  friend bool operator==(const end_by_force&, const end_by_force&) = default;
};
/// Find out how a job stands that is not here, then say so with `known`.
struct look_up {
  job_key key;
  friend bool operator==(const look_up&, const look_up&) = default;
};
struct answer {
  ticket whose = 0;
  desk::verdict how;
};
using effect = std::variant<begin, record, run, interrupt, end_by_force, look_up, answer>;
using effects = std::vector<effect>;

enum class result : std::uint8_t { succeeded, failed, interrupted };

/// What one more event of a job amounts to.
struct change {
  ledger::job_state before = ledger::job_state::unknown;
  ledger::job_state after = ledger::job_state::unknown; ///< unknown: the job is not open
  std::uint32_t attempt = 0;
  std::string tenant;
  std::string queue;
  std::int64_t waited_ms = -1; ///< of a first attempt: since the job could start
  bool noop = false;
};

/// How an attempt ended.
struct attempt_ended {
  job_key key;
  std::uint32_t attempt = 0;
  result how = result::succeeded;
  fault why;                    ///< of a failure
  std::string source_host;      ///< of the job's source, to name its breaker
  std::uint64_t bytes = 0;      ///< of its results
  std::string reused_from = {}; ///< the job that has made them, if another one has
};

} // namespace vdoc::queue
