#pragma once

#include <string>
#include <vector>

namespace vdoc::resources {

/// What this machine is, as words: "cores:8", "memory_mib:32000", and "gpu" where there is a device
/// to render or compute with. Source: sysconf(3), /dev/dri, /dev/nvidia0.
std::vector<std::string> machine_words();

} // namespace vdoc::resources
