#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace vdoc::membership {

/// When it is to be said that a certificate ends: the rules, without files or clock. From 14 days
/// before, once a day, and when it has ended; of another certificate anew.
class expiry_watch {
public:
  using time_point = std::chrono::system_clock::time_point;

  /// Whole days that are left, when that is to be said now; -1: it has ended. Nothing: say nothing.
  std::optional<std::int64_t> look(time_point ends, time_point now);

private:
  std::optional<time_point> ends_;
  std::optional<time_point> said_;
  bool said_over_ = false;
};

} // namespace vdoc::membership
