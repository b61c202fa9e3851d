#pragma once

#include "actors/membership/spawn.hpp"
#include "actors/node/cluster_place.hpp"
#include "cluster/resources/measures.hpp"
#include "net/blobs/loan_book.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace vdoc::node {

/// What media hosts that do not share the leader's folder may have of it.
struct lending {
  std::shared_ptr<blobs::loan_book> loans;
  std::function<bool()> still_leads; ///< on any thread
};

/// How other nodes may join this one while it leads: MEMBERSHIP opens the cluster's port, and the
/// data plane, whose moved bytes are counted. The certificates have to outlive it.
membership::means door_for_nodes(const cluster_place& place, certificates& tls, const lending& what,
                                 std::shared_ptr<resources::measures> into);

/// Closes the port, which a MEMBERSHIP that was killed has left open. Does not wait.
void close_cluster_port(caf::actor_system& system, const cluster_place& place);

} // namespace vdoc::node
