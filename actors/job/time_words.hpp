#pragma once

#include "pipelines/fragment/fragment.hpp"

#include <chrono>
#include <string>

namespace vdoc::job {

/// "12.3 s"
inline std::string seconds(fragment::timestamp at) {
  const auto tenths = std::chrono::round<std::chrono::milliseconds>(at).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

} // namespace vdoc::job
