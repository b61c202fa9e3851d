#pragma once

#include "actors/node/hosts_plan.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <string>

namespace vdoc::node {

/// ENVOY of a node whose media hosts work for whoever leads the cluster; its HOSTS tells it of
/// them. `drained` is called once, from any thread, when an operator has drained the node. The
/// certificates have to outlive it.
supervision::child_plan envoy_of(const node_settings& settings, certificates& tls,
                                 const service_to& whom, std::function<void()> drained);

/// Asks the leader, by the ENVOY at that place of the tree, to give our media hosts nothing new:
/// whether they have nothing left. To be called again until then. Returns within six seconds.
bool hosts_may_go(caf::actor_system& system, const supervision::actor& root,
                  const std::string& envoy);

} // namespace vdoc::node
