#pragma once

#include "cluster/ledger/store.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace vdoc::ledger {

// Questions, each answered by the struct of cluster/ledger/store.hpp that its method returns.

struct find_job {
  std::string id;
};
struct read_history {
  std::string job_id;
};
struct list_jobs {
  job_filter which;
  std::string cursor;
  std::uint32_t most = 100;
};
struct list_open_jobs {
  std::string after_id;
  std::uint32_t most = 1'000;
};
struct count_jobs {};
struct read_documents {
  std::string kind;
  std::string after_key;
  std::uint32_t most = 1'000;
};

/// READER: answers questions on a few connections (of the read replica, where there is one) and as
/// many threads, so that a long list delays neither a commit nor a question that is soon answered:
/// one connection is never at a list. Without a replica it sees what LEDGER has acknowledged.
using reader = caf::typed_actor<
    caf::replies_to<find_job>::with<found>, caf::replies_to<read_history>::with<history>,
    caf::replies_to<list_jobs>::with<job_page>, caf::replies_to<list_open_jobs>::with<job_page>,
    caf::replies_to<count_jobs>::with<counts>, caf::replies_to<read_documents>::with<documents>>;

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, find_job& x) {
  return f(caf::meta::type_name("vdoc::ledger::find_job"), x.id);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, read_history& x) {
  return f(caf::meta::type_name("vdoc::ledger::read_history"), x.job_id);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, list_jobs& x) {
  return f(caf::meta::type_name("vdoc::ledger::list_jobs"), x.which, x.cursor, x.most);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_open_jobs& x) {
  return f(caf::meta::type_name("vdoc::ledger::list_open_jobs"), x.after_id, x.most);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_jobs& /*x*/) {
  return f(caf::meta::type_name("vdoc::ledger::count_jobs"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_documents& x) {
  return f(caf::meta::type_name("vdoc::ledger::read_documents"), x.kind, x.after_key, x.most);
}

} // namespace vdoc::ledger
