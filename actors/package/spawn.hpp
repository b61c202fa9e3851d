#pragma once

#include "actors/package/protocol.hpp"
#include "actors/wire/allegiance.hpp"

#include <memory>

namespace vdoc::package {

/// Starts a PACKAGE on a thread of its own, which writes nothing once its leader is gone.
actor spawn(caf::actor_system& system,
            std::shared_ptr<allegiance> to = std::make_shared<allegiance>());

} // namespace vdoc::package
