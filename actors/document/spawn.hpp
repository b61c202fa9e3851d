#pragma once

#include "actors/document/protocol.hpp"
#include "actors/wire/allegiance.hpp"

#include <memory>

namespace vdoc::document {

/// Starts a DOCUMENT on a thread of its own, which writes nothing once its leader is gone.
actor spawn(caf::actor_system& system,
            std::shared_ptr<allegiance> to = std::make_shared<allegiance>());

} // namespace vdoc::document
