#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::artefacts {

/// A result of a job: its path below the job's folder, and its length.
struct result_file {
  std::string path;
  std::uint64_t bytes = 0;
  friend bool operator==(const result_file&, const result_file&) = default;
};

/// What of a folder of results anybody is to have: plain files, without those whose name, or whose
/// folder's, begins with a dot, and what is being written. In the order of their paths. Throws
/// std::filesystem::filesystem_error.
std::vector<result_file> results_in(const std::filesystem::path& folder);

/// In which turn a result becomes visible, so that who finds one finds all that it names: 0 media
/// and all else, 1 playlists, 2 the entrance (master.m3u8), 3 the report (job.json).
int turn_of(const std::string& path);

} // namespace vdoc::artefacts
