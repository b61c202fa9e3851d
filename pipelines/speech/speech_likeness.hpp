#pragma once

#include "pipelines/speech/frame_features.hpp"

#include <span>

namespace vdoc::speech {

/// Limits found on 24 clips of speech, 7 pieces of music and 10 noises; see test/speech. The swing
/// on 20 minutes of speech and 37 of music: 99 % of the speech has more than 9.9 dB, 95 % of the
/// music that the other limits let pass has less than 8.8. Noise 15 dB below speech takes 3 dB
/// away.
struct likeness_limits {
  double least_change = 1.0;   ///< mean distance of spectra 50 ms apart, loud frames
  double most_steady = 0.25;   ///< share of the lasting voice that keeps its pitch
  double least_voiced = 0.04;  ///< share of the window with voice that lasts
  double most_voiced = 0.8;    ///< a siren's never ends
  double least_swing_db = 7;   ///< standard deviation of the level
  std::size_t least_loud = 15; ///< frames
  double loud_within_db = 25;  ///< of the loudest frame of the window
  double quietest_db = -65;    ///< what is below is no speech that could be understood
};

/// What two seconds of sound have that tell speech from music and noise.
struct likeness {
  double change = 0; ///< speech moves on to another sound 10 times a second, music holds its notes
  double voiced = 0; ///< speech has voice that lasts 100 ms, drums have none
  double steady = 0; ///< notes keep their pitch to 1 % over 100 ms, voices do so now and then
  double swing_db = 0; ///< speech is loud and quiet in turns, music and noise go on and on
  double tone =
      0; ///< mean share of one partial in the power of loud frames; a siren has little else
  std::size_t loud = 0;
  double loudest_db = -100;
  friend bool operator==(const likeness&, const likeness&) = default;
};

/// Frames of the window, in order.
likeness measure_likeness(std::span<const frame_features> window, const likeness_limits& limits);
/// Of a whole utterance, with silence around it.
likeness measure_likeness(samples utterance, const likeness_limits& limits);

bool is_like_speech(const likeness& window, const likeness_limits& limits);

} // namespace vdoc::speech
