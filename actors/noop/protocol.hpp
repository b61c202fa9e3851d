#pragma once

#include "actors/wire/pipelines.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace vdoc::noop {

/// Jobs that do nothing, to be done by a media host as others are: they measure and try the whole
/// way of a job. Those that are granted together share one slot and one message.
struct do_nothing {
  std::vector<std::string> jobs;
};
struct nothing_done {
  std::vector<std::string> jobs; ///< as asked
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, do_nothing& x) {
  return f(x.jobs);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, nothing_done& x) {
  return f(x.jobs);
}

/// NOOP: the stage of jobs that do nothing.
using actor = caf::typed_actor<caf::replies_to<do_nothing>::with<nothing_done>>;

} // namespace vdoc::noop
