#pragma once

#include "actors/transcribe/protocol.hpp"
#include "actors/wire/cancellations.hpp"
#include "net/blobs/files.hpp"

#include <filesystem>
#include <memory>

namespace vdoc::transcribe {

/// Where the recognisers find what they need.
struct models {
  std::filesystem::path pocketsphinx; ///< folder of the US English model
};

/// Starts a TRANSCRIBE on a thread of its own, which works on these files until it is cancelled.
/// Models are loaded with the first utterance.
actor spawn(caf::actor_system& system, std::shared_ptr<blobs::files> files,
            std::shared_ptr<cancellations> cancelled, const models& where);

} // namespace vdoc::transcribe
