#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>

namespace vdoc::sweep {

/// Asks what was done so far.
struct look {};
struct swept {
  std::uint64_t jobs = 0;    ///< removed with their history
  std::uint64_t folders = 0; ///< of results removed
  std::uint64_t words = 0;   ///< of results to reuse, whose job is gone
  std::uint64_t dedupes = 0; ///< keys whose window is over
  std::uint64_t lines = 0;   ///< of the audit log
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, look& /*x*/) {
  return f();
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, swept& x) {
  return f(x.jobs, x.folders, x.words, x.dedupes, x.lines);
}

/// SWEEP: removes jobs that ended long ago, with their history and their results, dedupe keys whose
/// window is over, and lines of the audit log that are old. Detached.
using actor = caf::typed_actor<caf::replies_to<look>::with<swept>>;

} // namespace vdoc::sweep
