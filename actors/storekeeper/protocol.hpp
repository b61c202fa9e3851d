#pragma once

#include "cluster/artefacts/store.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::storekeeper {

// All of this stays inside one process.

/// The results of a job are whole in its folder: they are to be in the store, too; or in the
/// fallback, and then be moved to the store once their job has succeeded and the store takes them.
struct publish {
  std::string job_id;
  artefacts::target to = artefacts::target::store;
};
/// Comes when they are, or when it is given up: after 8 s of trying, or at once.
struct published {
  bool stored = false;
  std::string why;      ///< they are not
  std::string fallback; ///< they are not, but may be put there: its name
};

/// They are left in the folder, and are moved to the store once their job has succeeded and the
/// store takes them.
struct leave {
  std::string job_id;
  std::string why;
};
/// They are not wanted any more: they are removed from the store, sooner or later.
struct erase {
  std::string job_id;
};
/// An operator closes the breaker of the store, or of the fallback.
struct reset {
  artefacts::target of = artefacts::target::store;
};
/// That is remembered in the ledger.
struct remembered {
  bool ok = true; ///< else the ledger does not take it now
};

/// STOREKEEPER: brings the results of jobs into the artefact store, and removes them there. What is
/// still to be done is in the ledger, and outlives everybody.
using actor = caf::typed_actor<caf::replies_to<publish>::with<published>,
                               caf::replies_to<leave>::with<remembered>,
                               caf::replies_to<erase>::with<remembered>, caf::reacts_to<reset>>;

} // namespace vdoc::storekeeper

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::publish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::leave)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::erase)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::remembered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::storekeeper::reset)
