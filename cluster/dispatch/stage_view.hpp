#pragma once

#include "cluster/dispatch/stage.hpp"
#include "cluster/resources/start_gate.hpp"

#include <cstdint>

namespace vdoc::dispatch {

/// A stage as an operator sees it.
struct stage_view {
  stage kind = stage::transcode;
  resources::start_terms terms;
  std::uint32_t waiting = 0; ///< tasks
  std::uint32_t running = 0;
  std::int64_t oldest_age_ms = 0; ///< of the task that waits longest
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stage_view& x) {
  return f(x.kind, x.terms, x.waiting, x.running, x.oldest_age_ms);
}

} // namespace vdoc::dispatch
