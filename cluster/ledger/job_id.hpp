#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace vdoc::ledger {

/// A UUID of version 7 (RFC 9562, section 5.7): sorts by time, in lower case with dashes.
std::string uuid_v7(std::int64_t unix_ms, const std::array<std::uint8_t, 10>& chance);

/// A new job id of this very millisecond, with chance from the kernel.
std::string new_job_id();

/// Now, in milliseconds since 1970, UTC.
std::int64_t unix_ms_now();

} // namespace vdoc::ledger
