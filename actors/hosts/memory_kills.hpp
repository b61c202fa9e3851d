#pragma once

#include <cstdint>
#include <string>

namespace vdoc::hosts {

/// How many processes the kernel has killed so far for lack of memory: in our control group where
/// it counts them (cgroup v2, memory.events), else on the whole machine (/proc/vmstat). 0 where
/// neither is told. A SIGKILL that comes with a higher number was the kernel's.
std::uint64_t memory_kills();

/// The number behind `oom_kill` in the text of either file; 0 when it is not there.
std::uint64_t memory_kills_in(const std::string& text);

} // namespace vdoc::hosts
