#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vdoc::ledger {

/// Kind of the documents that say how many bytes of results a job keeps; the key is the job's id,
/// the body {"tenant": "a", "bytes": 1000, "at_unix_ms": 0}. They may outlive the job.
inline constexpr const char* kept_kind = "kept";

struct kept_results {
  std::string tenant;
  std::uint64_t bytes = 0;
  std::int64_t at_unix_ms = 0; ///< when they were counted
};

/// Without bytes it removes the document.
document kept_of(const std::string& job_id, const kept_results& what);
/// Nothing when it cannot be read.
std::optional<kept_results> kept_in(const document& stored);

} // namespace vdoc::ledger
