#pragma once

#include "cluster/dispatch/stage.hpp"
#include "cluster/resources/pace.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace vdoc::dispatch {

/// What an operator may set of a stage. Tasks that run are left alone.
struct stage_terms {
  bool paused = false;
  std::uint32_t concurrency = 0;    ///< tasks at a time; 0: as many as there are slots
  std::uint32_t starts_per_min = 0; ///< tasks; 0: any number
  friend bool operator==(const stage_terms&, const stage_terms&) = default;
};

/// A stage as an operator sees it.
struct stage_view {
  stage kind = stage::transcode;
  stage_terms terms;
  std::uint32_t waiting = 0; ///< tasks
  std::uint32_t running = 0;
  std::int64_t oldest_age_ms = 0; ///< of the task that waits longest
};

/// Which stages may begin a task now. Times are of a clock that never steps.
class stage_gate {
public:
  void set(stage kind, const stage_terms& terms) noexcept {
    of(kind).terms = terms;
    of(kind).pace.set(terms.starts_per_min);
  }
  [[nodiscard]] const stage_terms& terms(stage kind) const noexcept { return of(kind).terms; }
  [[nodiscard]] std::uint32_t running(stage kind) const noexcept { return of(kind).running; }

  [[nodiscard]] bool is_open(stage kind, std::int64_t now_ms) const noexcept {
    return has_room(of(kind)) && of(kind).pace.wait_ms(now_ms) == 0;
  }
  /// Milliseconds until its rate lets the next one go; nothing when that is not what holds it up.
  [[nodiscard]] std::optional<std::int64_t> wait_ms(stage kind,
                                                    std::int64_t now_ms) const noexcept {
    const auto wait = of(kind).pace.wait_ms(now_ms);
    return has_room(of(kind)) && wait > 0 ? std::optional{wait} : std::nullopt;
  }

  void began(stage kind, std::int64_t now_ms) noexcept {
    ++of(kind).running;
    of(kind).pace.take(now_ms);
  }
  void over(stage kind) noexcept { --of(kind).running; }

private:
  struct one_stage {
    stage_terms terms;
    resources::pace pace;
    std::uint32_t running = 0;
  };
  [[nodiscard]] static bool has_room(const one_stage& it) noexcept {
    return !it.terms.paused && (it.terms.concurrency == 0 || it.running < it.terms.concurrency);
  }
  one_stage& of(stage kind) noexcept { return all_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const one_stage& of(stage kind) const noexcept {
    return all_[static_cast<std::size_t>(kind)];
  }

  std::array<one_stage, stage_count> all_;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stage_terms& x) {
  return f(x.paused, x.concurrency, x.starts_per_min);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stage_view& x) {
  return f(x.kind, x.terms, x.waiting, x.running, x.oldest_age_ms);
}

} // namespace vdoc::dispatch
