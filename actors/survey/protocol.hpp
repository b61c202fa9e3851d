#pragma once

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::survey {

/// A job has ended: what it keeps is to be counted.
struct count {
  std::string job_id;
  std::string tenant;
};
/// The results of a job are removed.
struct forget {
  std::string job_id;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, count& x) {
  return f(caf::meta::type_name("vdoc::survey::count"), x.job_id, x.tenant);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, forget& x) {
  return f(caf::meta::type_name("vdoc::survey::forget"), x.job_id);
}

/// SURVEY: counts the bytes that jobs keep when they have ended, for the quotas of tenants, and
/// keeps the sums in the ledger. Detached: it looks at files.
using actor = caf::typed_actor<caf::reacts_to<count>, caf::reacts_to<forget>>;

} // namespace vdoc::survey
