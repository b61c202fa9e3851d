#pragma once

#include "cluster/ledger/records.hpp"

#include <optional>
#include <string>

namespace vdoc::ledger {

/// Kind of the documents that say which job has a dedupe key, and until when. The key is the
/// tenant, "/" and the dedupe key. They are written with the job, and may outlive it.
inline constexpr const char* dedupe_kind = "dedupe";

/// The job that was the first to have a dedupe key.
struct first_job {
  std::string id;
  std::uint64_t sequence = 0;     ///< of its `submitted`
  std::int64_t until_unix_ms = 0; ///< not included
};

std::string dedupe_name(const job& what);
document dedupe_of(const job& what, const first_job& first);
/// Nothing when it cannot be read.
std::optional<first_job> first_job_in(const std::string& body);

} // namespace vdoc::ledger
