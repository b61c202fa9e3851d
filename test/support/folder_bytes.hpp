#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

/// Every file below `folder` by its relative path, read whole.
std::map<std::string, std::string> bytes_below(const std::filesystem::path& folder);

/// How two outputs of the same job differ: "video/720p/00003.m4s differs at byte 17". Compared are
/// the renditions (all that master.m3u8 leads to, and it itself) and video.mp4; what tells of times
/// and attempts (job.json) is not.
std::vector<std::string> differences(const std::filesystem::path& one,
                                     const std::filesystem::path& other);

} // namespace vdoc::test
