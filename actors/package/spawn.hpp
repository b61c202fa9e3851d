#pragma once

#include "actors/package/protocol.hpp"

namespace vdoc::package {

/// Starts a PACKAGE on a thread of its own.
actor spawn(caf::actor_system& system);

} // namespace vdoc::package
