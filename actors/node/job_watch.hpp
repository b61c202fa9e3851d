#pragma once

#include "net/zmq/key_files.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::node {

/// What a watch of jobs needs.
struct watch_means {
  std::string events; ///< endpoint; empty: it asks again and again instead
  std::optional<net::key_file> identity;
  std::function<nlohmann::json(const std::string& id)> look; ///< the job as it is
  std::function<void(const nlohmann::json& job)> show;       ///< another state, or another stage
  std::function<void(const nlohmann::json& news)> show_progress;
};

/// Shows what happens to jobs of a service until all are at an end. True when all have succeeded.
/// Events say when to look; where none come, it looks three times a second.
bool watch_jobs(const watch_means& with, const std::vector<std::string>& ids);

} // namespace vdoc::node
