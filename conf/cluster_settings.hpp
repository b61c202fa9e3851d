#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::conf {

/// How machines work together.
struct cluster_settings {
  std::string name; ///< of this node
  std::string zmq;
  std::string http;
  std::string role = "all";
  std::string listen;
  std::vector<std::string> join;
  std::vector<std::string> labels;
  std::string certificates;
  std::int64_t drain_s = 25;
  std::int64_t blob_port = 0;
  std::string cache;
  std::int64_t cache_mb = 2'000;
  std::int64_t quarantine_s = 3'600;
  bool twins = true;
};

} // namespace vdoc::conf
