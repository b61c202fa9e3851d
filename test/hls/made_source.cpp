#include "test/hls/made_source.hpp"

#include "test/support/command.hpp"

namespace vdoc::test {

void made_source::encode_video(const std::string& rate, const std::string& x264,
                               const std::string& timescale, const std::vector<std::string>& more) {
  std::vector<std::string> words{"ffmpeg",
                                 "-v",
                                 "error",
                                 "-y",
                                 "-f",
                                 "lavfi",
                                 "-i",
                                 "testsrc2=s=320x180:d=4:r=" + rate,
                                 "-c:v",
                                 "libx264",
                                 "-preset",
                                 "veryfast",
                                 "-threads",
                                 "1",
                                 "-x264-params",
                                 x264,
                                 "-video_track_timescale",
                                 timescale};
  words.insert(words.end(), more.begin(), more.end());
  words.push_back(source.string());
  run_or_throw(words);
}

void made_source::encode_sound(const std::string& rate_hz, const std::string& seconds) {
  run_or_throw({"ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
                "sine=r=" + rate_hz + ":d=" + seconds, "-c:a", "aac", "-ac", "2", source.string()});
}

} // namespace vdoc::test
