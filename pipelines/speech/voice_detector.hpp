#pragma once

#include "pipelines/speech/sound.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace vdoc::speech {

/// Port: tells speech from everything else, 10 ms at a time. It may look ahead: verdicts come when
/// they are ready, in order, one per frame. One thread.
class voice_detector {
public:
  virtual ~voice_detector() = default;

  /// Sound of any length, continuous from call to call. Returns the verdicts that became ready.
  virtual std::vector<bool> hear(samples sound) = 0;
  /// Nothing follows: the verdicts still owed. After this there is one per frame heard; a last
  /// frame that is not whole counts.
  virtual std::vector<bool> finish() = 0;
};

/// With a model file Silero's network (see silero_detector.hpp); throws failure (the user's) when
/// the file is none. Without one WebRTC's detector, kept in check by rules about what speech has
/// and music and noise have not (see speech_likeness.hpp).
std::unique_ptr<voice_detector> make_voice_detector(const std::filesystem::path& model = {});

} // namespace vdoc::speech
