#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstddef>
#include <map>

namespace vdoc::fragment {

/// Keeps the streams of a source going on where their clock falls back: recordings that were
/// joined, or a demuxer that took a long wait between two clock references for a new beginning.
/// Units come in decode order, in which time rises. All streams are moved alike, as long as that
/// fits, so that sound and picture stay together.
class steady_clock {
public:
  /// What is to be added to the times of the next unit of `stream`: `decoded_at` is its dts, or
  /// its pts where it has no dts. Unknown times change nothing.
  timestamp shift(std::size_t stream, timestamp decoded_at, timestamp duration);

private:
  struct course {
    timestamp shift{0};
    timestamp next = unknown_time; ///< where the last unit ended, moved
  };
  std::map<std::size_t, course> courses_;
};

} // namespace vdoc::fragment
