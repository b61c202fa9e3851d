#pragma once

#include "pipelines/speech/sound.hpp"

#include <array>
#include <complex>
#include <vector>

namespace vdoc::speech {

/// What 10 ms of sound look like, with 15 ms around them.
struct frame_features {
  static constexpr std::size_t cepstrum_size = 13;

  double level_db = -100; ///< 300 to 3400 Hz, where speech is understood; 0 is about full scale
  std::array<double, cepstrum_size> cepstrum{}; ///< shape of the spectrum, 100 to 6000 Hz
  double tone = 0; ///< share of the power, 100 to 6000 Hz, that one partial has; a whistle's is 1
  double pitch_hz = 0; ///< 50 to 400 Hz; 0 where nothing repeats itself
};

/// Measures frames. Pure: the same samples give the same features.
class feature_meter {
public:
  /// Samples that it wants to see: the frame in the middle, `margin` on each side.
  static constexpr std::size_t margin = 240;
  static constexpr std::size_t window = frame_samples + 2 * margin;

  feature_meter();
  /// `around` is `window` long.
  frame_features measure(samples around);

private:
  static constexpr std::size_t transform_size = 512;
  static constexpr std::size_t bands = 20;

  void transform();
  void measure_spectrum(frame_features& out);
  [[nodiscard]] double tone() const;
  [[nodiscard]] double pitch() const;

  std::array<double, window> sound_{};
  std::array<std::complex<double>, transform_size> spectrum_{};
  std::array<std::complex<double>, transform_size / 2> roots_{};
  std::array<double, transform_size> hann_{};
  std::array<std::size_t, bands + 1> edges_{};
};

} // namespace vdoc::speech
