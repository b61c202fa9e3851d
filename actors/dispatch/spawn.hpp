#pragma once

#include "actors/dispatch/protocol.hpp"

#include <caf/fwd.hpp>

namespace vdoc::dispatch {

/// Starts DISPATCH. It knows nothing at first: HOSTS tells it who is up, JOBs what they want.
actor spawn(caf::actor_system& system);

} // namespace vdoc::dispatch
