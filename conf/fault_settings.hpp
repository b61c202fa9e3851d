#pragma once

#include <cstdint>

namespace vdoc::conf {

/// Faults on purpose, for tests of the supervision. All off unless a test says otherwise.
struct fault_settings {
  std::int64_t crash_at_fragment = -1;
  std::int64_t hang_at_fragment = -1;
  std::int64_t times = 1;
  bool fail_transcodes = false;
};

} // namespace vdoc::conf
