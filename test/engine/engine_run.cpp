#include "test/engine/engine_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace vdoc::test {

std::map<std::string, std::string> small_ladder() {
  return {{"VIDEO_DOC_LADDER_RUNGS", "180:600:1200,90:300:600"}};
}

std::vector<std::string> renditions_only() {
  return {"--no-document", "--captions", "off", "--segment", "2s"};
}

command to_command(const job_request& request, const std::filesystem::path& out) {
  const char* binary = std::getenv("VIDEO_DOC_BINARY"); // NOLINT(concurrency-mt-unsafe)
  if (binary == nullptr)
    throw std::runtime_error{"VIDEO_DOC_BINARY has to name the engine under test"};
  command line{{binary, "run"}, request.environment, {}};
  line.words.insert(line.words.end(), request.inputs.begin(), request.inputs.end());
  line.words.insert(line.words.end(), {"--out", out.string()});
  line.words.insert(line.words.end(), request.flags.begin(), request.flags.end());
  return line;
}

outcome run_engine(const job_request& request, const std::filesystem::path& out,
                   std::chrono::milliseconds deadline) {
  return run(to_command(request, out), deadline);
}

nlohmann::json job_of(const std::filesystem::path& folder) {
  std::ifstream in{folder / "job.json"};
  auto job = nlohmann::json::parse(in, nullptr, false);
  return job.is_object() ? job : nlohmann::json::object();
}

std::vector<process_seen> hosts_of(pid_t node) {
  auto found = processes_named("media-host");
  std::erase_if(found, [=](const process_seen& one) {
    const auto flag = std::ranges::find(one.words, "--parent");
    return flag == one.words.end() || flag + 1 == one.words.end() ||
           *(flag + 1) != std::to_string(node);
  });
  return found;
}

} // namespace vdoc::test
