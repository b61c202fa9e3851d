#pragma once

#include "actors/transcribe/protocol.hpp"

#include <filesystem>

namespace vdoc::transcribe {

/// Where the recognisers find what they need.
struct models {
  std::filesystem::path pocketsphinx; ///< folder of the US English model
};

/// Starts a TRANSCRIBE on a thread of its own. Models are loaded with the first utterance.
actor spawn(caf::actor_system& system, const models& where);

} // namespace vdoc::transcribe
