#pragma once

#include "actors/node/cluster_place.hpp"
#include "actors/supervision/supervisor.hpp"

namespace vdoc::node {

/// MEMBERSHIP, next to a sibling that is called "dispatch". The certificates have to outlive it.
supervision::child_plan membership_plan(const cluster_place& place, certificates& tls);

} // namespace vdoc::node
