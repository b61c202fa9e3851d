#pragma once

#include <cstdint>
#include <optional>

namespace vdoc::gst {

/// `value` * `to` / `from`, to the nearest. Exact for factors up to 1e9.
constexpr std::int64_t rescaled(std::int64_t value, std::int64_t to, std::int64_t from) {
  const bool negative = value < 0;
  const auto size = negative ? -value : value;
  const auto scaled = size / from * to + (size % from * to + from / 2) / from;
  return negative ? -scaled : scaled;
}

/// Where a block of decoded sound goes, in samples: first `silence` samples of silence, then the
/// block without its first `drop` samples (`drop` is the whole block when nothing of it is left).
struct placement {
  std::uint64_t silence = 0;
  std::uint64_t drop = 0;
  friend bool operator==(const placement&, const placement&) = default;
};

/// The rules by which blocks of sound with times become one continuous run of samples from zero:
/// silence up to the first sound, gaps filled, overlaps dropped, each to the sample.
///
/// Times in containers are rounded (Matroska, FLV: to 1 ms), and some recorders stamp with a clock
/// that jitters. So a block that is off by no more than a tolerance follows its predecessor
/// directly. The tolerance is 5 ms, and grows up to 40 ms for a source whose corrections undo each
/// other; an error that stays on one side for two seconds is corrected all the same, so that sound
/// and picture never drift apart.
class audio_timeline {
public:
  explicit audio_timeline(int rate_hz);

  /// `at`: where the block begins by its time, in samples from zero, negative for what is never
  /// heard; nothing when the container did not say. `frames`: its length.
  placement place(std::optional<std::int64_t> at, std::uint64_t frames);

  /// Goes on at another rate: the run so far counts as if it had been at that rate.
  void change_rate(int rate_hz);

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] int rate_hz() const noexcept { return rate_hz_; }

private:
  [[nodiscard]] std::int64_t correction(std::int64_t error, std::uint64_t frames);
  void note_correction(std::int64_t samples);
  [[nodiscard]] std::int64_t samples_in(int milliseconds) const;

  int rate_hz_;
  std::uint64_t position_ = 0; ///< samples laid down so far
  bool heard_ = false;         ///< a block has been placed
  int tolerance_ms_ = 5;
  int last_direction_ = 0; ///< of the last correction: 1 silence, -1 drop
  std::uint64_t corrected_at_ = 0;
  std::uint64_t one_sided_ = 0;     ///< samples for which the error has kept its sign
  std::int64_t smallest_error_ = 0; ///< over that time
};

} // namespace vdoc::gst
