#pragma once

#include "test/engine/engine_run.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::test {

/// One job that is long enough to be disturbed, and what it gives when nothing happens to it.
class disturbed_run {
public:
  disturbed_run();

  /// Flags and rungs that make a minute of video last some tens of seconds on two cores.
  [[nodiscard]] job_request request(std::vector<std::string> more = {}) const;
  [[nodiscard]] const std::filesystem::path& out() const { return out_.path(); }
  [[nodiscard]] std::filesystem::path folder() const { return out_ / "mp4_a_minute"; }
  [[nodiscard]] nlohmann::json job() const { return job_of(folder()); }
  [[nodiscard]] std::string source() const { return file_.string(); }

  /// Segments of the renditions that lie in the folder under their final names.
  [[nodiscard]] std::vector<std::filesystem::path> segments() const;
  /// Waits until there are so many. False when the engine ended or a minute passed before.
  bool wait_for_segments(const running_command& engine, std::size_t count) const;
  /// Waits until the node has at least `count` media hosts.
  static bool wait_for_hosts(pid_t node, std::size_t count);

  /// The output of the same job left alone, made once per program.
  static const std::filesystem::path& undisturbed();
  /// How this folder differs from that, one file per line; empty is what we want.
  [[nodiscard]] std::string differences_to_undisturbed() const;

private:
  std::filesystem::path file_;
  temp_folder out_;
};

} // namespace vdoc::test
