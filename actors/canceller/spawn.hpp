#pragma once

#include "actors/canceller/protocol.hpp"
#include "actors/wire/cancellations.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace vdoc::canceller {

/// Starts a CANCELLER that writes there.
actor spawn(caf::actor_system& system, std::shared_ptr<cancellations> into);

} // namespace vdoc::canceller
