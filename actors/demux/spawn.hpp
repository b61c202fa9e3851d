#pragma once

#include "actors/demux/protocol.hpp"

namespace vdoc::demux {

/// Starts a DEMUX on a thread of its own.
actor spawn(caf::actor_system& system);

} // namespace vdoc::demux
