#include "cluster/artefacts/results.hpp"

#include <algorithm>

namespace vdoc::artefacts {

namespace fs = std::filesystem;

std::vector<result_file> results_in(const fs::path& folder) {
  std::vector<result_file> all;
  for (fs::recursive_directory_iterator it{folder}, end; it != end; ++it) {
    const auto name = it->path().filename().string();
    const auto type = it->symlink_status().type();
    if (name.front() == '.') {
      if (type == fs::file_type::directory)
        it.disable_recursion_pending();
    } else if (type == fs::file_type::regular && !name.ends_with(".part")) {
      all.push_back({it->path().lexically_relative(folder).string(), it->file_size()});
    }
  }
  std::ranges::sort(all, {}, &result_file::path);
  return all;
}

int turn_of(const std::string& path) {
  constexpr int report = 3, entrance = 2, playlist = 1, all_else = 0;
  if (path == "job.json")
    return report;
  if (path == "master.m3u8")
    return entrance;
  return path.ends_with(".m3u8") ? playlist : all_else;
}

} // namespace vdoc::artefacts
