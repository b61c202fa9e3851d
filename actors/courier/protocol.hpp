#pragma once

#include "cluster/ledger/records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::courier {

// All of this stays inside one process.

/// Something has been committed that somebody wants to be told: a document of the kind "delivery".
struct tell {
  ledger::document what;
};

/// An operator closes the breaker of a target.
struct reset {
  std::string target; ///< "hooks.example.com:443"
};

/// COURIER: tells those who asked for it (a job's `callback`) how their jobs ended, at least once,
/// whatever dies: what is to be told is written together with what has happened. How that goes is
/// in `resources::measures`; what is given up is in the job's history.
using actor = caf::typed_actor<caf::reacts_to<tell>, caf::reacts_to<reset>>;

} // namespace vdoc::courier

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::tell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::reset)
