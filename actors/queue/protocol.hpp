#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/ledger/records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vdoc::queue {

// All of this stays inside one process.

/// Jobs to be taken on, each with its id.
struct submit {
  std::vector<ledger::job> jobs;
  /// Of the audit log, one for all: committed with those of them that are new, whose ids the
  /// ledger adds, or not at all.
  std::optional<ledger::document> line = {};
};
/// After the commit; one for each job, in order.
struct submitted {
  std::vector<desk::admission> each;
};

/// Something is to be done to a job that is there.
struct order {
  ledger::job_record job; ///< as last seen: what is open is known here better
  desk::job_order what;
  /// Of the audit log: committed with the event that the order comes to, or not at all.
  std::optional<ledger::document> line = {};
};
/// After the commit.
struct ordered {
  desk::verdict how;
};

/// What an operator changes of a queue. Answered by `ordered`.
struct set_queue {
  std::string queue;
  desk::queue_change what;
  std::optional<ledger::document> line = {}; ///< of the audit log: committed with it
};

/// What an operator changes of the limits of a tenant. Answered by `ordered`.
struct set_tenant {
  std::string tenant;
  desk::tenant_change what;
  std::optional<ledger::document> line = {}; ///< of the audit log: committed with it
};

/// Somebody else has committed jobs for this QUEUE (cluster/desk/inbox.hpp), or may have. It looks
/// by itself every two seconds.
struct arrivals {};

/// An operator closes the breaker of a source host.
struct reset_source {
  std::string host;
};

/// Asks what is going on.
struct look {};
// Answered by `desk::overview`.

/// Stop what runs in good order, begin nothing more.
struct drain {};
/// When nothing runs any more and what happened is written.
struct drained {};

/// QUEUE: decides which job runs when, runs it, and sees to it that what becomes of it is written
/// down, once. Everything else about jobs (their specs, their past) is READER's to tell.
using actor = caf::typed_actor<
    caf::replies_to<submit>::with<submitted>, caf::replies_to<order>::with<ordered>,
    caf::replies_to<set_queue>::with<ordered>, caf::replies_to<set_tenant>::with<ordered>,
    caf::replies_to<look>::with<desk::overview>, caf::replies_to<drain>::with<drained>,
    caf::reacts_to<arrivals>, caf::reacts_to<reset_source>>;

} // namespace vdoc::queue

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::submitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::ordered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::set_queue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::set_tenant)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::arrivals)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::reset_source)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::desk::overview)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::drained)
