#pragma once

#include "cluster/resources/node_load.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace vdoc::resources {

/// How busy this machine is, without its disk and media hosts. Source: getloadavg(3), and
/// MemAvailable of proc(5), where `proc` is /proc unless a test says otherwise. Microseconds.
node_load look_at_machine(const std::filesystem::path& proc = "/proc");

/// Knows the load of this node. A folder on another machine may never answer, so its disk is
/// looked at by a thread of its own, every few seconds. Any thread; no call blocks.
class load_watch {
public:
  using disk_look = std::function<std::int64_t(const std::filesystem::path&)>;

  /// The disk that holds `folder` is the one that counts. `look` says how many MiB are free there,
  /// or -1; none: statvfs(3).
  explicit load_watch(std::filesystem::path folder, disk_look look = {},
                      std::chrono::milliseconds every = std::chrono::seconds{5});
  load_watch(const load_watch&) = delete;
  load_watch& operator=(const load_watch&) = delete;
  /// Does not wait for a disk that does not answer.
  ~load_watch();

  /// What the media hosts of this node use, from here on.
  void hosts_use(std::vector<host_use> all);
  /// What was seen of the disk counts for three rounds.
  [[nodiscard]] node_load now() const;

private:
  struct inside;
  std::shared_ptr<inside> inside_;
};

} // namespace vdoc::resources
