#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

/// A job's folder as the engine would leave it, but made by ffmpeg: what the checks are tried on
/// before and without the engine. Each option beyond the first four is a mistake to be found.
struct stand_in_options {
  std::vector<int> heights_px{180, 90};
  int segment_s = 2;
  bool transport = false;
  bool audio = true, video = true;

  std::map<int, std::string> spoil_video{};   ///< by height: a filter in front of the scaler
  std::map<int, std::string> key_frames_at{}; ///< by height: instead of every segment_s
  std::string spoil_audio{};                  ///< a filter of sound
};

/// Makes `folder` (master.m3u8, video/, audio/) from `source`. Throws std::runtime_error.
void make_stand_in(const std::filesystem::path& source, const std::filesystem::path& folder,
                   const stand_in_options& options = {});

} // namespace vdoc::test
