#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace vdoc::speech {

/// Everything in this room hears 16 kHz mono S16.
inline constexpr int rate_hz = 16'000;
using samples = std::span<const std::int16_t>;

/// A point on the job's timeline.
using timestamp = std::chrono::nanoseconds;

/// Verdicts about speech are given per 10 ms.
inline constexpr std::size_t frame_samples = 160;
inline constexpr std::chrono::milliseconds frame_time{10};

constexpr timestamp time_of_sample(std::uint64_t sample) {
  return timestamp{static_cast<std::int64_t>(sample) * (1'000'000'000 / rate_hz)};
}

} // namespace vdoc::speech
