#pragma once

#include "cluster/desk/desk.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::membership {

// What stays inside the leader's process.

/// An operator orders something of a node.
struct order_node {
  desk::node_change what;
  std::string by;
  ledger::document line; ///< of the audit log: committed with it
};
/// After the commit.
struct node_ordered {
  desk::verdict how;
};

/// MEMBERSHIP, as operators know it.
using operators_side = caf::typed_actor<caf::replies_to<order_node>::with<node_ordered>>;

} // namespace vdoc::membership

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::order_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::node_ordered)
