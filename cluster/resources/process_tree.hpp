#pragma once

#include <cstdint>
#include <filesystem>
#include <sys/types.h>

namespace vdoc::resources {

/// What a process and all that it has started use. Counters include processes that have ended.
struct tree_use {
  std::uint32_t processes = 0;
  double cpu_s = 0;
  std::uint64_t memory_bytes = 0; ///< PSS: pages that are shared count in part
  std::uint64_t disk_read_bytes = 0;
  std::uint64_t disk_written_bytes = 0;
  /// Of all network devices that the process sees except loopback: of its container, if it is in
  /// one.
  std::uint64_t network_received_bytes = 0;
  std::uint64_t network_sent_bytes = 0;
};

/// Takes milliseconds. What cannot be read counts as nothing: processes end while they are looked
/// at. `proc` is /proc, unless a test says otherwise.
tree_use look_at_tree(pid_t root, const std::filesystem::path& proc = "/proc");

/// Counters as they are now, but never less than `before`. What a process has used counts for its
/// parent once that has waited for it; one that ends between two glances of one look counts for
/// nobody in this look, and for its parent in the next.
tree_use never_less(tree_use now, const tree_use& before);

} // namespace vdoc::resources
