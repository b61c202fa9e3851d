#pragma once

#include <cstdint>
#include <string>

namespace vdoc::resources {

/// When something that is not ours is left alone, and for how long.
struct breaker_terms {
  std::uint32_t failures = 3;         ///< in a row
  std::int64_t first_wait_ms = 2'000; ///< until it is tried again; doubles each time
  std::int64_t longest_wait_ms = 60'000;
};

/// A circuit breaker in front of something that is not ours: a source host, a webhook's target.
///
///     closed --failure, the 3rd in a row--> open --waited--> half open (one trial)
///     half open --success--> closed;  half open --failure--> open, for twice as long
///
/// Times are of a clock that never steps.
class breaker {
public:
  enum class position : std::uint8_t { closed, open, half_open };

  explicit breaker(const breaker_terms& terms = {}) noexcept : terms_{terms} {}

  [[nodiscard]] position where() const noexcept { return where_; }
  void failed(std::int64_t now_ms) noexcept;
  /// A failure that will come again until somebody sees to it: opens at once.
  void trip(std::int64_t now_ms) noexcept;
  void succeeded() noexcept;
  /// Open, and has waited long enough: becomes half open. The caller sends one trial.
  bool try_again(std::int64_t now_ms) noexcept;
  /// The trial came to nothing, neither well nor badly: the next one may go at once.
  void trial_withdrawn(std::int64_t now_ms) noexcept;
  /// Closed, and its last failure is so long ago that it need not be remembered.
  [[nodiscard]] bool is_idle(std::int64_t now_ms) const noexcept {
    return where_ == position::closed && now_ms >= until_ms_;
  }
  /// When `try_again` may say yes; only while it is open.
  [[nodiscard]] std::int64_t next_trial_ms() const noexcept { return until_ms_; }
  [[nodiscard]] std::uint32_t failures() const noexcept { return in_a_row_; }
  /// It is open or half open since then; only while it is.
  [[nodiscard]] std::int64_t since_ms() const noexcept { return since_ms_; }

private:
  breaker_terms terms_;
  position where_ = position::closed;
  std::uint32_t in_a_row_ = 0;
  std::int64_t wait_ms_ = 0;
  std::int64_t since_ms_ = 0;
  std::int64_t until_ms_ = 0; ///< open: the next trial; closed: a failure is remembered
};

std::string to_string(breaker::position where);

} // namespace vdoc::resources
