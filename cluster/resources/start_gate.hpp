#pragma once

#include "cluster/resources/pace.hpp"

#include <cstdint>
#include <optional>

namespace vdoc::resources {

/// What an operator may set of a queue, of jobs or of a stage. What runs is left alone.
struct start_terms {
  bool paused = false;
  std::uint32_t concurrency = 0;    ///< at a time; 0: no limit of its own
  std::uint32_t starts_per_min = 0; ///< 0: no limit
  friend bool operator==(const start_terms&, const start_terms&) = default;
};

/// Whether a queue may start another one now. Times are of a clock that never steps.
class start_gate {
public:
  void set(const start_terms& terms) noexcept {
    terms_ = terms;
    pace_.set(terms.starts_per_min);
  }
  [[nodiscard]] const start_terms& terms() const noexcept { return terms_; }
  [[nodiscard]] std::uint32_t running() const noexcept { return running_; }

  [[nodiscard]] bool is_open(std::int64_t now_ms) const noexcept {
    return has_room() && pace_.wait_ms(now_ms) == 0;
  }
  /// Milliseconds until its rate lets the next one go; nothing when that is not what holds it up.
  [[nodiscard]] std::optional<std::int64_t> wait_ms(std::int64_t now_ms) const noexcept {
    const auto wait = pace_.wait_ms(now_ms);
    return has_room() && wait > 0 ? std::optional{wait} : std::nullopt;
  }

  void began(std::int64_t now_ms) noexcept {
    ++running_;
    pace_.take(now_ms);
  }
  void over() noexcept { --running_; }

private:
  [[nodiscard]] bool has_room() const noexcept {
    return !terms_.paused && (terms_.concurrency == 0 || running_ < terms_.concurrency);
  }

  start_terms terms_;
  pace pace_;
  std::uint32_t running_ = 0;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, start_terms& x) {
  return f(x.paused, x.concurrency, x.starts_per_min);
}

} // namespace vdoc::resources
