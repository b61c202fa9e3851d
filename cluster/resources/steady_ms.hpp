#pragma once

#include <chrono>
#include <cstdint>

namespace vdoc::resources {

/// Now, in milliseconds on the clock that never steps: for how long things take.
inline std::int64_t steady_ms_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace vdoc::resources
