#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace vdoc::test {

/// A process as /proc shows it at one moment.
struct process_seen {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?'; ///< R, S, D, T (stopped), Z (dead, not yet reaped)
  std::vector<std::string> words;
  std::uint64_t resident_bytes = 0;
};

/// All processes below `root`, `root` left out. Those that are dead already are left out too.
std::vector<process_seen> descendants(pid_t root);

/// The media hosts among the descendants: `video-doc media-host ...`.
std::vector<process_seen> media_hosts(pid_t root);

/// Every living process that has `word` among the words it was started with.
std::vector<process_seen> processes_named(const std::string& word);

/// Every living process that carries `name=value` in its environment, wherever it hangs in the
/// tree: the way to find an orphan.
std::vector<process_seen> carrying(const std::string& name, const std::string& value);

/// How many filters of system calls hold the freest thread of a process (seccomp(2)); 0 when it is
/// gone.
unsigned fewest_filters(pid_t of);

/// Resident bytes of a process and all below it.
std::uint64_t resident_bytes_of_tree(pid_t root);

} // namespace vdoc::test
