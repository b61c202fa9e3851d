#pragma once

#include "test/hls/coded_track.hpp"
#include "test/support/temp_folder.hpp"

#include <string>
#include <vector>

namespace vdoc::test {

/// A source that ffmpeg makes, and a place for what we make of it.
struct made_source {
  temp_folder folder;
  std::filesystem::path source = folder / "source.mp4";
  std::filesystem::path made = folder / "made.mp4";

  /// Numbered test pictures of 320x180 through x264; `rate` pictures a second, for four seconds.
  /// `more` are further options of ffmpeg.
  void encode_video(const std::string& rate, const std::string& x264, const std::string& timescale,
                    const std::vector<std::string>& more = {});
  /// A 48 or 44.1 kHz tone through ffmpeg's AAC encoder.
  void encode_sound(const std::string& rate_hz, const std::string& seconds);
};

} // namespace vdoc::test
