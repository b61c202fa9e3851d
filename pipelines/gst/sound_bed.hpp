#pragma once

#include "pipelines/gst/audio_decoder.hpp"
#include "pipelines/gst/audio_timeline.hpp"
#include "pipelines/gst/sound_converter.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Lays decoded blocks on the job's timeline, so that one continuous run of sound comes out, from
/// zero, in one format: that of the first block, mono or stereo, at 44100 or 48000 Hz. Blocks of
/// other formats may follow. One thread.
class sound_bed {
public:
  /// 32-bit floats, interleaved, in `format()`.
  using taker = std::function<void(std::span<const std::uint8_t>)>;

  explicit sound_bed(taker take) : take_{std::move(take)} {}

  void put(const sound_block& block);
  /// `end`: where the source says its sound ends, if it does. The last block is cut there; sound
  /// lost before it becomes silence.
  void finish(std::optional<fragment::timestamp> end);

  /// Nothing before the first block.
  [[nodiscard]] std::optional<sound_format> format() const noexcept { return out_; }
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Where the last block ended by its own time.
  [[nodiscard]] fragment::timestamp decoded_until() const noexcept { return decoded_until_; }
  void warn(std::string what);

  /// A silence longer than this is taken for a broken time stamp.
  static constexpr std::chrono::hours longest_gap{1};
  static constexpr std::size_t most_warnings = 12;

private:
  /// The last block, kept because the end may cut it.
  struct held_block {
    std::optional<fragment::timestamp> pts;
    int channels = 0;
    int rate_hz = 0;
    std::vector<float> samples;
  };
  void mend_start(const sound_block& next);
  void lay_held();
  void begin_rate(int rate_hz);
  void lay(std::span<const float> samples, int channels);
  void lay_silence(std::uint64_t frames);
  void emit(std::span<const float> samples);
  void report(const placement& where, std::uint64_t frames);

  taker take_;
  std::optional<sound_format> out_;
  std::optional<audio_timeline> timeline_;
  std::unique_ptr<sound_converter> resampler_; ///< absent where the rate is the output's
  std::optional<held_block> held_;
  std::vector<float> adapted_;
  std::vector<std::string> warnings_;
  std::size_t unsaid_ = 0; ///< warnings beyond the most
  bool heard_ = false;
  fragment::timestamp decoded_until_{INT64_MIN};
};

} // namespace vdoc::gst
