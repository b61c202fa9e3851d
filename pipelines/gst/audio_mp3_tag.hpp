#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vdoc::gst {

/// What the first frame of an MP3 file says about the rest, when it is a "Xing"/"Info" frame with
/// LAME's extension (http://gabriel.mp3-tech.org/mp3infotag.html): an empty frame, not sound.
struct mp3_tag {
  std::uint32_t frames = 0; ///< that follow; 0 unknown
  int samples_per_frame = 1152;
  int rate_hz = 0;
  int delay = 0;   ///< samples the encoder put before the sound; 0 unknown
  int padding = 0; ///< and after it
  friend bool operator==(const mp3_tag&, const mp3_tag&) = default;

  /// A decoder's own delay, on top of the encoder's.
  static constexpr int decoder_delay = 529;

  /// Samples before the sound, as decoded; 0 when the tag does not say.
  [[nodiscard]] int skipped() const noexcept { return delay > 0 ? delay + decoder_delay : 0; }
  /// Length of the sound; nothing when the tag does not say.
  [[nodiscard]] std::optional<std::int64_t> length() const noexcept;
};

/// Nothing when the frame holds sound.
std::optional<mp3_tag> read_mp3_tag(std::span<const std::uint8_t> frame);

} // namespace vdoc::gst
