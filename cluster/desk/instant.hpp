#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::desk {

/// A moment as RFC 3339 in UTC with milliseconds: "2026-12-01T08:00:00.000Z".
std::string to_rfc3339(std::int64_t unix_ms);

/// Back, with any offset and any number of decimals (finer than a millisecond is cut off). Nothing
/// when it is not of that form, or no day of the calendar.
std::optional<std::int64_t> from_rfc3339(std::string_view text);

} // namespace vdoc::desk
