#include "pipelines/gst/audio_timeline.hpp"

#include <algorithm>
#include <cstdlib>

namespace vdoc::gst {

namespace {

constexpr int largest_tolerance_ms = 40;
constexpr int drift_ms = 5;
constexpr int drift_window_ms = 2000;
constexpr int undone_within_ms = 1000;

} // namespace

audio_timeline::audio_timeline(int rate_hz) : rate_hz_{rate_hz} {}

std::int64_t audio_timeline::samples_in(int milliseconds) const {
  return static_cast<std::int64_t>(rate_hz_) * milliseconds / 1000;
}

void audio_timeline::change_rate(int rate_hz) {
  const auto scale = [&](std::uint64_t samples) {
    return static_cast<std::uint64_t>(
        rescaled(static_cast<std::int64_t>(samples), rate_hz, rate_hz_));
  };
  position_ = scale(position_);
  corrected_at_ = scale(corrected_at_);
  one_sided_ = 0;
  rate_hz_ = rate_hz;
}

void audio_timeline::note_correction(std::int64_t samples) {
  const int direction = samples > 0 ? 1 : -1;
  const bool undone =
      last_direction_ == -direction &&
      position_ - corrected_at_ < static_cast<std::uint64_t>(samples_in(undone_within_ms)) &&
      std::abs(samples) <= samples_in(largest_tolerance_ms);
  if (undone)
    tolerance_ms_ = std::min(2 * tolerance_ms_, largest_tolerance_ms);
  last_direction_ = direction;
  corrected_at_ = position_;
  one_sided_ = 0;
}

/// How far the block has to move: more than 0 is silence before it, less is samples to drop.
std::int64_t audio_timeline::correction(std::int64_t error, std::uint64_t frames) {
  if (!heard_)
    return error;
  if (std::abs(error) > samples_in(tolerance_ms_))
    return error;
  if (error == 0 || (smallest_error_ > 0) != (error > 0))
    one_sided_ = 0;
  smallest_error_ = one_sided_ == 0                               ? error
                    : std::abs(error) < std::abs(smallest_error_) ? error
                                                                  : smallest_error_;
  one_sided_ += frames;
  const bool drifted = std::abs(smallest_error_) > samples_in(drift_ms) &&
                       one_sided_ > static_cast<std::uint64_t>(samples_in(drift_window_ms));
  return drifted ? smallest_error_ : 0;
}

placement audio_timeline::place(std::optional<std::int64_t> at, std::uint64_t frames) {
  placement out;
  if (at) {
    const auto error = *at - static_cast<std::int64_t>(position_);
    const auto move = correction(error, frames);
    if (move > 0)
      out.silence = static_cast<std::uint64_t>(move);
    else
      out.drop = std::min(static_cast<std::uint64_t>(-move), frames);
    if (move != 0 && heard_)
      note_correction(move);
  }
  position_ += out.silence + frames - out.drop;
  heard_ = heard_ || out.drop < frames;
  return out;
}

} // namespace vdoc::gst
