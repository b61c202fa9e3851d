#pragma once

#include "pipelines/speech/sound.hpp"

#include <memory>

namespace vdoc::speech {

/// WebRTC's voice detection, at its strictest: a Gaussian mixture over six bands, 10 ms by 10 ms.
/// Misses little speech, but takes most music and much noise for speech.
class webrtc_voice {
public:
  webrtc_voice();
  ~webrtc_voice();
  /// `frame` is `frame_samples` long. Throws failure when the library refuses.
  bool hears(samples frame);

private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

} // namespace vdoc::speech
