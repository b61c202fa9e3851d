#include "actors/hosts/memory_kills.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace vdoc::hosts {

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// "/sys/fs/cgroup/<path>" of the one hierarchy of cgroup v2 ("0::<path>" in /proc/self/cgroup).
std::string control_group() {
  std::istringstream lines{text_of("/proc/self/cgroup")};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("0::"))
      return "/sys/fs/cgroup" + line.substr(3);
  return "/sys/fs/cgroup";
}

} // namespace

std::uint64_t memory_kills_in(const std::string& text) {
  std::istringstream lines{text};
  std::string word;
  for (std::uint64_t number = 0; lines >> word >> number;)
    if (word == "oom_kill")
      return number;
  return 0;
}

std::uint64_t memory_kills() {
  static const auto events = control_group() + "/memory.events";
  const auto ours = text_of(events);
  return memory_kills_in(ours.empty() ? text_of("/proc/vmstat") : ours);
}

} // namespace vdoc::hosts
