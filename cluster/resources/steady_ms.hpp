#pragma once

#include <chrono>
#include <cstdint>

namespace vdoc::resources {

/// A time in milliseconds on the clock that never steps: for how long things take.
inline std::int64_t steady_ms(std::chrono::steady_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}
inline std::int64_t steady_ms_now() {
  return steady_ms(std::chrono::steady_clock::now());
}

} // namespace vdoc::resources
