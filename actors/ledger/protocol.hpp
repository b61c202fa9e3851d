#pragma once

#include "cluster/ledger/records.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace vdoc::ledger {

/// Remembers a job and its `submitted` event. Saying it again with the same id changes nothing.
struct submit {
  job what;
};
/// Acknowledges after the commit.
struct submitted {
  outcome result = outcome::done;
  std::string job_id;
  std::string trouble;
};

/// Appends to the history of a job.
struct record {
  event what;
};
/// Acknowledges after the commit.
struct recorded {
  outcome result = outcome::done;
  std::uint64_t sequence = 0;
  std::string trouble;
};

/// Asks for the last job with this source and output name, for `--resume`.
struct find_last {
  std::string source;
  std::string output;
};
// Answered by `found`.

/// Asks for everything that happened to a job, oldest first.
struct history_of {
  std::string job_id;
};
// Answered by `history`.

/// LEDGER: the only one that talks to the store. Detached; batches writes, one transaction per few
/// milliseconds.
using actor = caf::typed_actor<
    caf::replies_to<submit>::with<submitted>, caf::replies_to<record>::with<recorded>,
    caf::replies_to<find_last>::with<found>, caf::replies_to<history_of>::with<history>>;

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, submit& x) {
  return f(caf::meta::type_name("vdoc::ledger::submit"), x.what);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, submitted& x) {
  return f(caf::meta::type_name("vdoc::ledger::submitted"), x.result, x.job_id, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, record& x) {
  return f(caf::meta::type_name("vdoc::ledger::record"), x.what);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, recorded& x) {
  return f(caf::meta::type_name("vdoc::ledger::recorded"), x.result, x.sequence, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, find_last& x) {
  return f(caf::meta::type_name("vdoc::ledger::find_last"), x.source, x.output);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, found& x) {
  return f(caf::meta::type_name("vdoc::ledger::found"), x.result, x.what, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, history_of& x) {
  return f(caf::meta::type_name("vdoc::ledger::history_of"), x.job_id);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, history& x) {
  return f(caf::meta::type_name("vdoc::ledger::history"), x.result, x.events, x.trouble);
}

} // namespace vdoc::ledger
