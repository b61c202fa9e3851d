#pragma once

#include "actors/transcode/audio_protocol.hpp"

#include <chrono>
#include <filesystem>

namespace vdoc::transcode {

struct listening {
  std::chrono::milliseconds longest_utterance{20'000};
  std::filesystem::path voice_model; ///< empty: speech is found without one
};

/// Starts an AUDIO on a thread of its own.
audio_actor spawn_audio(caf::actor_system& system, const listening& how);

} // namespace vdoc::transcode
