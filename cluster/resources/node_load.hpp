#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::resources {

/// What a media host uses at the moment, as the HOSTS that has started it sees it.
struct host_use {
  std::string host;              ///< "host-1"
  std::uint32_t cpu_percent = 0; ///< of the last seconds; 100 is one core
  std::uint64_t memory_mib = 0;  ///< that is resident
  friend bool operator==(const host_use&, const host_use&) = default;
};

/// How busy a node's machine is. Whole numbers: they travel over CAF, which spoils fractions that
/// are none.
struct node_load {
  std::uint32_t busy_percent = 0;    ///< load average of a minute by cores; 100: none is idle
  std::uint64_t memory_free_mib = 0; ///< that can be had without swapping
  std::int64_t disk_free_mib = -1;   ///< where the node keeps files; -1: that disk does not answer
  std::vector<host_use> hosts = {};
  friend bool operator==(const node_load&, const node_load&) = default;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_use& x) {
  return f(x.host, x.cpu_percent, x.memory_mib);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, node_load& x) {
  return f(x.busy_percent, x.memory_free_mib, x.disk_free_mib, x.hosts);
}

} // namespace vdoc::resources
