#pragma once

#include "actors/transcribe/protocol.hpp"
#include "actors/wire/stop_board.hpp"

#include <filesystem>
#include <memory>

namespace vdoc::transcribe {

/// Where the recognisers find what they need.
struct models {
  std::filesystem::path pocketsphinx; ///< folder of the US English model
};

/// Starts a TRANSCRIBE on a thread of its own. Models are loaded with the first utterance.
actor spawn(caf::actor_system& system, const models& where,
            std::shared_ptr<stop_board> board = std::make_shared<stop_board>());

} // namespace vdoc::transcribe
