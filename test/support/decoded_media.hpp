#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::test {

using std::chrono::nanoseconds;

/// A frame that came out of ffmpeg's decoder, as read by coded_media's rules.
struct decoded_frame {
  std::int64_t pts = 0; ///< in ticks of the stream's time base, as stored
  int number = -1;      ///< -1: not readable
  bool flash = false;
};

struct decoded_video {
  std::int64_t tick_numerator = 0; ///< seconds per tick
  std::int64_t tick_denominator = 1;
  std::vector<decoded_frame> frames; ///< in the order they are shown

  /// Exact to the nearest nanosecond.
  [[nodiscard]] nanoseconds time_of(const decoded_frame& one) const;
  /// Begin of every flash.
  [[nodiscard]] std::vector<nanoseconds> flashes() const;
};

struct decoded_audio {
  nanoseconds begin{0}, end{0};  ///< of the sound that is played, priming left out
  std::vector<std::string> gaps; ///< places where a frame does not begin where the last one ended
  std::vector<float> samples;    ///< mono, 48 kHz, from `begin` on; gaps are silent

  void drop_before_zero();
  [[nodiscard]] float loudest() const; ///< the largest sample, without its sign
  /// Begin of every loud burst after a quiet third of a second.
  [[nodiscard]] std::vector<nanoseconds> bursts() const;
};

/// Decodes video stream number `stream` of `source` (file, URL, "concat:a|b") with ffmpeg. Rotation
/// and mirroring are applied. Throws std::runtime_error when ffmpeg fails; a stream without
/// decodable frames gives an empty list.
decoded_video decode_video(const std::string& source, int stream = 0);
decoded_audio decode_audio(const std::string& source, int stream = 0);

} // namespace vdoc::test
