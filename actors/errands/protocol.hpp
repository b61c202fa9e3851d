#pragma once

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace vdoc::errands {

/// So many jobs that do nothing are to be done: the way there and back is all there is to them.
struct do_nothing {
  std::uint32_t jobs = 0;
};
struct did_nothing {
  std::uint32_t jobs = 0;
};

/// The job is over: whatever still works on it here is to stop. What does not stop within 1.5 s
/// takes the media host along.
struct stop_job {
  std::string job_id;
};

/// ERRANDS: what a media host does besides media. Never blocks.
using actor =
    caf::typed_actor<caf::replies_to<do_nothing>::with<did_nothing>, caf::reacts_to<stop_job>>;

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, do_nothing& x) {
  return f(caf::meta::type_name("vdoc::errands::do_nothing"), x.jobs);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, did_nothing& x) {
  return f(caf::meta::type_name("vdoc::errands::did_nothing"), x.jobs);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stop_job& x) {
  return f(caf::meta::type_name("vdoc::errands::stop_job"), x.job_id);
}

} // namespace vdoc::errands
