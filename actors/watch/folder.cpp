#include "actors/watch/folder.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <sys/stat.h>

namespace vdoc::watch {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 9> unfinished{
    ".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".!qb"};
constexpr std::array<std::string_view, 2> captions{".srt", ".vtt"};

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool is_hidden(const std::string& name) {
  return name.starts_with('.');
}

/// Empty of what is no file, or holds nothing yet.
std::string identity_of(const fs::path& file) {
  struct stat it {};
  if (::lstat(file.c_str(), &it) != 0 || !S_ISREG(it.st_mode) || it.st_size == 0)
    return {};
  return std::to_string(it.st_ino) + ":" + std::to_string(it.st_size) + ":" +
         std::to_string(it.st_mtim.tv_sec) + "." + std::to_string(it.st_mtim.tv_nsec);
}

} // namespace

bool is_meant(const fs::path& below) {
  if (std::ranges::any_of(below, [](const fs::path& part) { return is_hidden(part); }))
    return false;
  const auto kind = in_lower_case(below.extension());
  return !below.native().ends_with('~') &&
         std::ranges::find(unfinished, kind) == unfinished.end() &&
         std::ranges::find(captions, kind) == captions.end();
}

std::vector<sighting> files_in(const fs::path& folder) {
  std::vector<sighting> all;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it{folder, options}, end; it != end; ++it) {
    if (is_hidden(it->path().filename()) && it->is_directory())
      it.disable_recursion_pending();
    if (!is_meant(it->path().lexically_relative(folder)))
      continue;
    if (auto identity = identity_of(it->path()); !identity.empty())
      all.push_back({it->path(), std::move(identity)});
  }
  std::ranges::sort(all, {}, &sighting::path);
  return all;
}

} // namespace vdoc::watch
