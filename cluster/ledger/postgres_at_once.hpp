#pragma once

#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/standing_jobs.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::ledger::postgres {

/// Square root of a negative number: a job was changed by somebody else meanwhile. Nothing else
/// that we say comes to that.
constexpr const char* has_moved_on_state = "2201F";

/// Writes batches as a statement each, which is its own transaction: one round trip.
class at_once {
public:
  /// With `as` it fails with `lease_is_lost_state` unless the lease is of that epoch at the commit.
  at_once(session& with, const std::optional<lease_fence>& as);

  /// What was decided about new jobs and about those that `standing` knows. The sequences of it are
  /// places among the numbers of its events, from 1; these numbers are answered, in that order. Of
  /// documents only new ones. Throws `error`, with `has_moved_on_state` when a job is not as it
  /// was known to stand.
  std::vector<std::uint64_t> write(const decided& todo, const standing_jobs& standing,
                                   const std::string& writer, std::uint64_t batch);

private:
  session& with_;
  std::uint32_t job_type_ = 0, event_type_ = 0, change_type_ = 0, document_type_ = 0;
};

} // namespace vdoc::ledger::postgres
