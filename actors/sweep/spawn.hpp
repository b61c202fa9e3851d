#pragma once

#include "actors/sweep/protocol.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::ledger {
class store;
} // namespace vdoc::ledger

namespace vdoc::sweep {

/// What SWEEP needs of the world.
struct means {
  /// A store of its own, so that nobody waits while it removes; throws `ledger::cannot_open`.
  std::function<std::unique_ptr<ledger::store>()> open;
  std::function<std::int64_t()> unix_ms;
  /// Told of every folder of results that is removed, by the job's id; may be empty.
  std::function<void(const std::string& job_id)> removed = {};
  /// Notes that what the artefact store has of a job is to be removed; false: not now, and the
  /// folder stays until it is noted. Blocks. Empty: there is no such store.
  std::function<bool(const std::string& job_id)> erase_in_store = {};
  std::filesystem::path jobs;       ///< one folder of results for each job, by id
  std::chrono::hours keep{24 * 30}; ///< from the end of a job on; 0: jobs stay
  std::chrono::hours keep_audit{0}; ///< a line of the audit log; 0: they stay
  std::chrono::milliseconds every{60'000};
  std::chrono::milliseconds pause{50}; ///< between two batches, for others to write
  bool detached = true;                ///< false in stepped tests
};

/// Starts SWEEP. First it removes folders that an earlier life has left behind: of a job whose row
/// went, and then the process died.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::sweep
