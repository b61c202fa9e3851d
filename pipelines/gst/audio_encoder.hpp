#pragma once

#include "pipelines/fault.hpp"
#include "pipelines/gst/demuxer.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

struct audio_request {
  std::filesystem::path work;
  std::uint32_t track = 0;
  probe::audio_stream source;
  bool encode = true;  ///< AAC for the audio group
  bool listen = false; ///< 16 kHz mono S16 for speech
  int bitrate_bps = 128'000;
  std::chrono::milliseconds segment{4000};
  std::uint32_t first_wanted = 0; ///< segments below this exist already: made again, not written
};

/// AAC frames of one segment, in a file of access units. Frame n of the stream decodes to samples
/// (n - 1) * 1024 .. n * 1024 of the timeline: priming is 1024 samples, times here are already
/// corrected for it, so the first unit of the track has pts -1024 / rate.
struct audio_segment {
  std::uint32_t track = 0;
  std::uint32_t index = 0;
  std::string file; ///< encoded/audio<track>/<index>.au
  fragment::timestamp begin{0}, end{0};
  std::uint64_t bytes = 0;
  std::uint32_t frames = 0;
  std::vector<std::uint8_t> codec_config; ///< AudioSpecificConfig
  int channels = 2;
  int rate_hz = 48'000;
};

/// Told on a GStreamer thread or on the caller's: hand it on and return.
class audio_listener {
public:
  virtual ~audio_listener() = default;
  virtual void on_segment(const audio_segment& one) = 0;
  /// 16 kHz mono samples, continuous from the timeline's zero (gaps are silence).
  virtual void on_samples(fragment::timestamp begin, const std::vector<std::int16_t>& samples) = 0;
  /// `samples` is the length of the track at rate_hz on the timeline.
  virtual void on_end(std::uint64_t samples, const std::vector<std::string>& warnings) = 0;
  virtual void on_failure(const fault& why) = 0;
};

/// One audio track, decoded and encoded in one continuous run from chunk files that come as the
/// source is read. Starts at the timeline's zero (silence up to the first sound), fills gaps, drops
/// overlaps, mixes down to stereo. All methods from one thread; `feed` blocks while it works, at
/// most a few chunks ahead.
class audio_encoder {
public:
  audio_encoder(audio_request request, audio_listener& listener);
  ~audio_encoder();
  void feed(const audio_chunk& chunk); ///< in order; the last one ends the track
  [[nodiscard]] std::uint64_t progress() const noexcept;
  [[nodiscard]] std::string launch_line() const;

private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

} // namespace vdoc::gst
