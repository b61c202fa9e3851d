#pragma once

#include <algorithm>
#include <cstdint>

namespace vdoc::resources {

/// A rate limit: so many in a minute, spread evenly, with what one second may have at once. The
/// generic cell rate algorithm (ITU-T I.371), so it needs one number only.
class pace {
public:
  /// 0: no limit.
  void set(std::uint32_t per_min) noexcept { per_min_ = per_min; }
  [[nodiscard]] std::uint32_t per_min() const noexcept { return per_min_; }

  /// Milliseconds until the next one may go; 0: now. Times are of a clock that never steps.
  [[nodiscard]] std::int64_t wait_ms(std::int64_t now_ms) const noexcept {
    if (per_min_ == 0)
      return 0;
    const auto early_ns = next_ns_ - now_ms * ns_per_ms - (burst() - 1) * interval_ns();
    return early_ns <= 0 ? 0 : (early_ns + ns_per_ms - 1) / ns_per_ms;
  }
  /// One goes.
  void take(std::int64_t now_ms) noexcept {
    if (per_min_ != 0)
      next_ns_ = std::max(next_ns_, now_ms * ns_per_ms) + interval_ns();
  }

private:
  static constexpr std::int64_t ns_per_ms = 1'000'000;
  static constexpr std::int64_t ns_per_min = 60'000 * ns_per_ms;
  [[nodiscard]] std::int64_t interval_ns() const noexcept { return ns_per_min / per_min_; }
  [[nodiscard]] std::int64_t burst() const noexcept {
    return std::max<std::int64_t>(1, per_min_ / 60);
  }

  std::uint32_t per_min_ = 0;
  std::int64_t next_ns_ = 0; ///< when the next one would be due at an even pace
};

} // namespace vdoc::resources
