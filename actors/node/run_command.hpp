#pragma once

#include "conf/settings.hpp"

#include <string>
#include <vector>

namespace vdoc::node {

/// `video-doc run`, all options read.
struct run_request {
  std::vector<std::string> inputs;
  conf::settings settings;
  bool resume = false;
  bool json = false;
  bool quiet = false;
};

/// Exit codes of `video-doc run`.
enum class run_exit : int { succeeded = 0, job_failed = 1, wrong_use = 2, interrupted = 130 };

/// Runs the jobs and shows their progress. SIGINT and SIGTERM must be blocked in every thread.
run_exit run(const run_request& request);

/// The name of the result folder for each input: its stem, made unique with "-2", "-3".
std::vector<std::string> result_names(const std::vector<std::string>& inputs);

} // namespace vdoc::node
