#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::test {

/// Runs that program in the place of the engine under test, with the same words. What it is told by
/// its environment: another_version.cpp.
inline const std::vector<std::string> another_version{
    "sh", "-c", std::string{"shift && exec '"} + ANOTHER_VERSION + "' \"$@\"", "sh"};

inline std::string versions(std::uint32_t oldest, std::uint32_t newest) {
  return std::to_string(oldest) + "-" + std::to_string(newest);
}

} // namespace vdoc::test
