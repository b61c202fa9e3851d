#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/gst/conveyor.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Decoded sound: 32-bit floats, interleaved, one or two channels (more are mixed down).
struct sound_block {
  std::optional<fragment::timestamp> pts; ///< of the first sample; signed
  int channels = 0;
  int rate_hz = 0;
  std::span<const float> samples; ///< borrowed for the call
  [[nodiscard]] std::uint64_t frames() const { return samples.size() / channels; }
};

/// The elements that decode a format, best first; empty for sound that is not compressed. libav's
/// come first for formats whose decoders differ in delay, so that a sample lands where ffmpeg
/// puts it. Throws failure (ours, names the codec) when nothing that works is installed.
struct audio_decoder_choice {
  std::string factory; ///< empty: PCM
  std::string caps;    ///< for the appsrc: pre-skip of Opus taken out, times say it already
};
audio_decoder_choice choose_audio_decoder(const std::string& caps);

/// "AAC" for "audio/mpeg, mpegversion=4, ...": what people call it.
std::string audio_codec_name(const std::string& caps);

/// Decodes the access units of one format in order, on the caller's thread.
class audio_decoder {
public:
  using taker = std::function<void(const sound_block&)>;

  /// `take` is called from within `decode` and `finish`.
  audio_decoder(const std::string& caps, taker take, std::atomic<std::uint64_t>& progress);
  /// Throws failure when the decoder cannot go on; a new one may.
  void decode(const fragment::access_unit& unit);
  void finish();
  [[nodiscard]] static graph plan(const audio_decoder_choice& choice);

private:
  void take(GstSample* sample);

  taker take_;
  std::vector<std::vector<std::uint8_t>> headers_; ///< of the caps; not sound when they come again
  bool begun_ = false;
  conveyor line_;
};

} // namespace vdoc::gst
