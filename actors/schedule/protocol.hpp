#pragma once

#include "cluster/desk/desk.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <optional>
#include <string>

namespace vdoc::schedule {

// All of this stays inside one process.

/// A schedule, new or in place of the one of that name in its tenant.
struct put {
  desk::schedule what;
  std::optional<ledger::document> line = {}; ///< of the audit log: committed with it
};
struct remove {
  std::string tenant;
  std::string name;
  std::optional<ledger::document> line = {}; ///< the same
};
/// After the commit.
struct settled {
  desk::verdict how;
};

/// Asks for all of them.
struct look {};
// Answered by `desk::schedule_views`.

/// SCHEDULE: submits jobs at their times. Every time is submitted once, whatever dies: schedules
/// are documents of the ledger, and the time is part of the job's idempotency key.
using actor =
    caf::typed_actor<caf::replies_to<put>::with<settled>, caf::replies_to<remove>::with<settled>,
                     caf::replies_to<look>::with<desk::schedule_views>>;

} // namespace vdoc::schedule

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::put)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::remove)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::desk::schedule_views)
