#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/gst/conveyor.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vdoc::gst {

/// One continuous run of sound to AAC-LC. Unit n decodes to samples (n - 1) * 1024 .. n * 1024 of
/// what was pushed: the encoder's priming is 1024 samples (measured with avenc_aac of gst-libav
/// 1.22, see test/gst/audio_encoder_test.cpp), and the times of the units are corrected for it.
class aac_encoder {
public:
  static constexpr std::int64_t unit_samples = 1024;
  static constexpr std::int64_t priming_samples = 1024;

  /// Called from within `push` and `finish`; the unit may be moved from. `n` counts from 0.
  using taker = std::function<void(fragment::access_unit& unit, std::uint64_t n)>;

  aac_encoder(int channels, int rate_hz, int bitrate_bps, taker take,
              std::atomic<std::uint64_t>& progress);
  /// 32-bit floats, interleaved, in order.
  void push(std::span<const std::uint8_t> samples);
  /// The last unit's duration ends with the last sample.
  void finish();

  /// AudioSpecificConfig (ISO 14496-3, 1.6.2.1); empty before the first unit.
  [[nodiscard]] const std::vector<std::uint8_t>& codec_config() const noexcept { return config_; }
  /// "audio/mpeg, mpegversion=4, ..." with codec_data; empty before the first unit.
  [[nodiscard]] const std::string& caps() const noexcept { return caps_; }
  [[nodiscard]] std::uint64_t samples() const noexcept { return pushed_; }

  [[nodiscard]] static graph plan(int channels, int rate_hz, int bitrate_bps);

private:
  void take(GstSample* sample);
  void give(std::int64_t end);

  int channels_;
  int rate_hz_;
  taker take_;
  std::vector<std::uint8_t> config_;
  std::string caps_;
  std::optional<fragment::access_unit> held_; ///< one back, since the last unit is shortened
  std::uint64_t pushed_ = 0;
  std::uint64_t units_ = 0;
  conveyor line_;
};

/// The time of a sample, rounded to the nearest nanosecond.
fragment::timestamp sample_time(std::int64_t sample, int rate_hz);

} // namespace vdoc::gst
