#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/node/cluster_place.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/resources/measures.hpp"
#include "net/blobs/loan_book.hpp"

#include <functional>
#include <memory>

namespace vdoc::node {

/// What media hosts that do not share the leader's folder may have of it.
struct lending {
  std::shared_ptr<blobs::loan_book> loans;
  std::function<bool()> still_leads; ///< on any thread
};

/// MEMBERSHIP, which opens the cluster's port and tells that DISPATCH of other nodes' media hosts:
/// for whoever leads. The certificates have to outlive it. Moved bytes are counted.
supervision::child_plan membership_plan(const cluster_place& place, certificates& tls,
                                        dispatch::host_book dispatch, const lending& what,
                                        std::shared_ptr<resources::measures> into);

/// Closes the port, which a MEMBERSHIP that was killed has left open. Does not wait.
void close_cluster_port(caf::actor_system& system, const cluster_place& place);

} // namespace vdoc::node
