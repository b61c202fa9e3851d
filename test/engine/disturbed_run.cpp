#include "test/engine/disturbed_run.hpp"

#include "test/support/folder_bytes.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <stdexcept>

namespace vdoc::test {

using namespace std::chrono_literals;

disturbed_run::disturbed_run() : file_{make(source_named("mp4_a_minute"))} {}

job_request disturbed_run::request(std::vector<std::string> more) const {
  std::vector<std::string> flags{"--no-document", "--captions", "off",       "--segment", "2s",
                                 "--preset",      "slower",     "--workers", "2"};
  flags.insert(flags.end(), more.begin(), more.end());
  return {{file_.string()}, flags, small_ladder()};
}

std::vector<std::filesystem::path> disturbed_run::segments() const {
  std::vector<std::filesystem::path> found;
  if (!std::filesystem::exists(folder() / "video"))
    return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder() / "video"})
    if (entry.path().extension() == ".m4s")
      found.push_back(entry.path());
  return found;
}

bool disturbed_run::wait_for_segments(const running_command& engine, std::size_t count) const {
  until(180s, [&] { return segments().size() >= count || engine.ended(); });
  return segments().size() >= count && !engine.ended();
}

bool disturbed_run::wait_for_hosts(pid_t node, std::size_t count) {
  return until(60s, [&] { return hosts_of(node).size() >= count; });
}

const std::filesystem::path& disturbed_run::undisturbed() {
  static const disturbed_run one;
  static const std::filesystem::path folder = [] {
    const auto result = run_engine(one.request(), one.out(), 10min);
    if (!result.succeeded())
      throw std::runtime_error{"the undisturbed run failed: " + result.story()};
    return one.folder();
  }();
  return folder;
}

std::string disturbed_run::differences_to_undisturbed() const {
  std::string lines;
  for (const auto& one : differences(undisturbed(), folder()))
    lines += one + '\n';
  return lines;
}

} // namespace vdoc::test
