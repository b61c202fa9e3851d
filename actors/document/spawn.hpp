#pragma once

#include "actors/document/protocol.hpp"

namespace vdoc::document {

/// Starts a DOCUMENT on a thread of its own.
actor spawn(caf::actor_system& system);

} // namespace vdoc::document
