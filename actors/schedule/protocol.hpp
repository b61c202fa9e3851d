#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/ledger/records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace vdoc::schedule {

// All of this stays inside one process.

/// Asks for all schedules.
struct list {};
struct listed {
  std::vector<desk::schedule> all;
};
/// Takes a schedule on, or changes it; its tenant is that of its job.
struct put {
  desk::schedule what;
  std::vector<ledger::document> documents; ///< written together with it
};
struct remove {
  std::string tenant;
  std::string name;
  std::vector<ledger::document> documents;
};
/// After the commit.
struct done {
  desk::verdict how;
};

/// SCHEDULE: submits jobs when their time has come, once each.
using actor =
    caf::typed_actor<caf::replies_to<list>::with<listed>, caf::replies_to<put>::with<done>,
                     caf::replies_to<remove>::with<done>>;

} // namespace vdoc::schedule

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::listed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::put)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::remove)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::schedule::done)
