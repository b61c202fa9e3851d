#pragma once

#include "actors/membership/spawn.hpp"
#include "actors/node/cluster_place.hpp"

#include <caf/fwd.hpp>

namespace vdoc::node {

/// How other nodes may join this one while it leads: MEMBERSHIP opens the cluster's port. The
/// certificates have to outlive it.
membership::means door_for_nodes(const cluster_place& place, certificates& tls);

/// Closes the port, which a MEMBERSHIP that was killed has left open. Does not wait.
void close_cluster_port(caf::actor_system& system, const cluster_place& place);

} // namespace vdoc::node
