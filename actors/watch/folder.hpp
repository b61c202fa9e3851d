#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::watch {

/// A file as one look has seen it.
struct sighting {
  std::string path;
  std::string identity; ///< of inode, size and time of its last write
  friend bool operator==(const sighting&, const sighting&) = default;
};

/// Whether a file may be meant for us: neither it nor a folder on the way to it is hidden, it is
/// not one that a program is still writing (.part, .tmp, .crdownload, ~ and the like), and not
/// captions, which belong to the video beside them. `below` is its path below the folder that is
/// watched.
bool is_meant(const std::filesystem::path& below);

/// The files below a folder that may be meant for us and hold something, in the order of their
/// paths. Links are not followed. Throws std::filesystem::filesystem_error when it cannot be read.
std::vector<sighting> files_in(const std::filesystem::path& folder);

} // namespace vdoc::watch
