#pragma once

#include "actors/noop/protocol.hpp"

namespace vdoc::noop {

/// Starts a NOOP.
actor spawn(caf::actor_system& system);

} // namespace vdoc::noop
