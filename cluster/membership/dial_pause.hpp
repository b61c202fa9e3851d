#pragma once

#include <algorithm>
#include <chrono>

namespace vdoc::membership {

/// How long to wait before the next try to reach a leader: doubles from 0.1 s to 0.8 s, 25 % more
/// or less, so that who leads again has everybody back within 2 s and not all of them at once.
/// There is no last try.
class dial_pause {
public:
  /// `chance` is in [0, 1), another one with each call.
  [[nodiscard]] std::chrono::milliseconds next(double chance) {
    const auto now = wait_;
    wait_ = std::min(wait_ * 2, longest);
    return std::chrono::milliseconds{
        static_cast<int>(static_cast<double>(now.count()) * (0.75 + chance / 2))};
  }
  /// Somebody was reached.
  void begin_anew() noexcept { wait_ = first; }

private:
  static constexpr std::chrono::milliseconds first{100};
  static constexpr std::chrono::milliseconds longest{800};
  std::chrono::milliseconds wait_ = first;
};

} // namespace vdoc::membership
