#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vdoc::dispatch {

/// Which work goes first, whatever its priority. Nothing that runs is interrupted: who is more
/// urgent has the next slot that is free, which is one fragment away.
enum class urgency : std::uint8_t {
  live,        ///< somebody watches it while it is made
  interactive, ///< somebody waits for it
  batch
};
inline constexpr std::size_t urgency_count = 3;

namespace of_urgency {
inline constexpr std::array<std::string_view, urgency_count> names{"live", "interactive", "batch"};
} // namespace of_urgency

inline constexpr std::string_view to_string(urgency which) {
  return of_urgency::names.at(static_cast<std::size_t>(which));
}

/// Nothing: there is no such word.
inline constexpr std::optional<urgency> urgency_from(std::string_view word) {
  for (std::size_t i = 0; i < urgency_count; ++i)
    if (of_urgency::names.at(i) == word)
      return static_cast<urgency>(i);
  return std::nullopt;
}

} // namespace vdoc::dispatch
