#pragma once

#include "cluster/ledger/store.hpp"

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

/// Writes everything in the transaction that comes next, together with what others ask for at the
/// time: jobs first, then events, documents and rolls, each in order.
struct write {
  std::vector<job> jobs;
  std::vector<event> events;
  std::vector<document> documents;
  std::vector<roll> rolls = {}; ///< of these jobs; what became of them is not told
  /// What already happened (the result of an attempt) must not be lost while the database is away:
  /// it is spooled to disk, answered with `spooled`, and written when the database is back. What
  /// somebody only asks for is answered with `store_down` at once.
  bool must_not_be_lost = false;
};
/// Acknowledges after the commit. The lists are as long as those of `write`. What is `spooled` is
/// said to be done, without sequence numbers: it is on the disk, in order, and whether something of
/// it is refused will show in the history alone.
struct all_written {
  std::vector<written> jobs;
  std::vector<written> events;
  std::vector<written> documents;
  std::string trouble; ///< not empty: the database did not take it
  bool spooled = false;
  bool in_doubt = false; ///< of what it did not take: it may be written all the same
};

/// Asks how LEDGER is, for breakers, readiness and metrics.
struct health_of {};
struct health {
  bool up = true;
  std::string trouble;             ///< while it is down
  std::int64_t since_unix_ms = 0;  ///< up or down since
  std::uint64_t spooled = 0;       ///< writes that wait for the database
  std::uint64_t transactions = 0;  ///< ever
  std::uint64_t entries = 0;       ///< ever
  std::int64_t last_commit_us = 0; ///< how long the last transaction took
};

/// LEDGER: the only one that writes into the store. Detached. Writes are gathered while the
/// transaction before them is written, so that a lonely write waits for nobody and many share one.
using actor = caf::typed_actor<
    caf::replies_to<submit>::with<submitted>, caf::replies_to<record>::with<recorded>,
    caf::replies_to<find_last>::with<found>, caf::replies_to<history_of>::with<history>,
    caf::replies_to<write>::with<all_written>, caf::replies_to<health_of>::with<health>>;

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
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, write& x) {
  return f(caf::meta::type_name("vdoc::ledger::write"), x.jobs, x.events, x.documents, x.rolls,
           x.must_not_be_lost);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, all_written& x) {
  return f(caf::meta::type_name("vdoc::ledger::all_written"), x.jobs, x.events, x.documents,
           x.trouble, x.spooled, x.in_doubt);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, health_of& /*x*/) {
  return f(caf::meta::type_name("vdoc::ledger::health_of"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, health& x) {
  return f(caf::meta::type_name("vdoc::ledger::health"), x.up, x.trouble, x.since_unix_ms,
           x.spooled, x.transactions, x.entries, x.last_commit_us);
}

} // namespace vdoc::ledger
