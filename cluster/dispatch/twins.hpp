#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

/// When a task that runs is a straggler: when it takes 1.5 times of what is usual (so does Spark's
/// speculation), and so long already that another host, beginning now, is expected to be 2 s faster
/// if the first one needs as long again as it has had.
namespace vdoc::dispatch {

constexpr double straggles_after = 1.5;          ///< times what is usual
constexpr std::int64_t worth_ms = 2'000;         ///< is a twin that is expected to save so much
constexpr std::int64_t unknown_again_ms = 5'000; ///< a look at a task whose cost is not known yet
constexpr std::int64_t glance_again_ms = 1'000;  ///< at one that is late: hosts come and go

/// From the beginning of a task to the first look at it.
inline std::int64_t first_glance_ms(std::optional<double> usual_ms) {
  return usual_ms ? static_cast<std::int64_t>(
                        std::max(straggles_after * *usual_ms, *usual_ms + worth_ms))
                  : unknown_again_ms;
}

} // namespace vdoc::dispatch
