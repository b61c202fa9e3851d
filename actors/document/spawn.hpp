#pragma once

#include "actors/document/protocol.hpp"
#include "actors/wire/stop_board.hpp"

#include <memory>

namespace vdoc::document {

/// Starts a DOCUMENT on a thread of its own.
actor spawn(caf::actor_system& system,
            std::shared_ptr<stop_board> board = std::make_shared<stop_board>());

} // namespace vdoc::document
