#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/node/cluster_place.hpp"
#include "actors/supervision/supervisor.hpp"

namespace vdoc::node {

/// MEMBERSHIP, which opens the cluster's port and tells that DISPATCH of other nodes' media hosts:
/// for whoever leads. The certificates have to outlive it.
supervision::child_plan membership_plan(const cluster_place& place, certificates& tls,
                                        dispatch::host_book dispatch);

/// Closes the port, which a MEMBERSHIP that was killed has left open. Does not wait.
void close_cluster_port(caf::actor_system& system, const cluster_place& place);

} // namespace vdoc::node
