#pragma once

#include "actors/errands/protocol.hpp"
#include "actors/wire/stop_board.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace vdoc::errands {

/// Starts ERRANDS. `give_up` ends the process: work on that job does not stop.
actor spawn(caf::actor_system& system, std::shared_ptr<stop_board> board,
            std::function<void(const std::string& job_id)> give_up);

} // namespace vdoc::errands
