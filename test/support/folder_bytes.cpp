#include "test/support/folder_bytes.hpp"

#include "test/support/box_edits.hpp"

#include <algorithm>
#include <stdexcept>

namespace vdoc::test {
namespace {

bool is_rendition(const std::string& path) {
  return path == "master.m3u8" || path == "video.mp4" || path == "audio.m4a" ||
         path.starts_with("video/") || path.starts_with("audio/") || path.starts_with("captions/");
}

} // namespace

std::map<std::string, std::string> bytes_below(const std::filesystem::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
    if (entry.is_regular_file())
      all[std::filesystem::relative(entry.path(), folder).generic_string()] =
          read_file(entry.path());
  return all;
}

std::vector<std::string> differences(const std::filesystem::path& one,
                                     const std::filesystem::path& other) {
  auto here = bytes_below(one), there = bytes_below(other);
  std::erase_if(here, [](const auto& file) { return !is_rendition(file.first); });
  std::erase_if(there, [](const auto& file) { return !is_rendition(file.first); });
  std::vector<std::string> out;
  if (here.empty())
    out.push_back(one.string() + " holds no rendition");
  for (const auto& [path, bytes] : here) {
    const auto match = there.find(path);
    if (match == there.end()) {
      out.push_back(path + " is missing");
      continue;
    }
    if (bytes == match->second)
      continue;
    const auto place = std::ranges::mismatch(bytes, match->second).in1 - bytes.begin();
    out.push_back(path + " differs at byte " + std::to_string(place) + " of " +
                  std::to_string(bytes.size()));
  }
  for (const auto& [path, bytes] : there)
    if (!here.contains(path))
      out.push_back(path + " is one too many");
  return out;
}

} // namespace vdoc::test
