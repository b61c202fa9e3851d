#pragma once

#include "actors/dispatch/protocol.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace vdoc::resources {
class measures;
} // namespace vdoc::resources

namespace vdoc::dispatch {

/// Starts DISPATCH. It knows nothing at first: HOSTS tells it who is up, JOBs what they want, QUEUE
/// what operators have set of stages. What waits and runs goes into the measures, if there are any.
/// With `twins` stragglers are begun a second time.
actor spawn(caf::actor_system& system, std::shared_ptr<resources::measures> into = {},
            bool twins = true);

} // namespace vdoc::dispatch
