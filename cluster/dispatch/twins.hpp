#pragma once

#include "cluster/dispatch/rows.hpp"

#include <algorithm>
#include <cstdint>

/// When a task that runs is a straggler: when it takes 1.5 times of what is usual (so does Spark's
/// speculation), and so long already that another host, beginning now, is expected to be 2 s faster
/// if the first one needs as long again as it has had.
namespace vdoc::dispatch {

constexpr double straggles_after = 1.5;          ///< times what is usual
constexpr std::int64_t worth_ms = 2'000;         ///< is a twin that is expected to save so much
constexpr std::int64_t unknown_again_ms = 5'000; ///< a look at a task whose cost is not known yet
constexpr std::int64_t glance_again_ms = 1'000;  ///< at one that is late: hosts come and go

/// From the beginning of a task to the first look at it.
inline std::int64_t first_glance_ms(const task_row& task) {
  const auto usual = static_cast<double>(task.expected_ms);
  return task.expected_ms == 0 ? unknown_again_ms
                               : std::max(static_cast<std::int64_t>(straggles_after * usual),
                                          task.expected_ms + worth_ms);
}

} // namespace vdoc::dispatch
