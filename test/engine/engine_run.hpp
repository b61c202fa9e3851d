#pragma once

#include "test/support/command.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

/// `video-doc run INPUTS FLAGS --out DIR`.
struct job_request {
  std::vector<std::string> inputs;
  std::vector<std::string> flags{};
  std::map<std::string, std::string> environment{};
};

/// Two small rungs, so that a source of 320x180 has a ladder and each run takes a second or two.
std::map<std::string, std::string> small_ladder();
/// Renditions only: what most tests are about.
std::vector<std::string> renditions_only();

/// The command for a request; the binary comes from the environment's VIDEO_DOC_BINARY. Throws
/// std::runtime_error where that is not set.
command to_command(const job_request& request, const std::filesystem::path& out);

/// Runs a request to its end.
outcome run_engine(const job_request& request, const std::filesystem::path& out,
                   std::chrono::milliseconds deadline = std::chrono::minutes{10});

/// DIR/<name>/job.json; an empty object when there is none or half of one.
nlohmann::json job_of(const std::filesystem::path& folder);

/// Media hosts that were started by the node `pid`, wherever they hang in the tree now: each is
/// told its node on its command line ("--parent PID").
std::vector<process_seen> hosts_of(pid_t node);

} // namespace vdoc::test
