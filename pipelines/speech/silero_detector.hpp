#pragma once

#include "pipelines/speech/silero_weights.hpp"
#include "pipelines/speech/voice_detector.hpp"

namespace vdoc::speech {

/// Silero's network: 32 ms of sound go in, the probability of speech comes out, and it remembers
/// what it heard. Pure: the same samples in the same order give the same numbers.
class silero_network {
public:
  static constexpr std::size_t window = 512; ///< new samples at a time
  static constexpr std::size_t context = 64; ///< of those before, seen again

  explicit silero_network(silero_weights weights);
  /// `sound` is `window` long.
  double hear(samples sound);

private:
  using signal = std::vector<float>; ///< frames x channels

  [[nodiscard]] signal spectra(samples sound);
  static signal convolve(const silero_layer& layer, const signal& in);
  void remember(const signal& heard);

  silero_weights weights_;
  std::vector<float> before_;
  std::vector<float> cell_, out_; ///< the memory's state
};

/// A voice detector with a model file: Silero's, which lets less music through than the one that
/// has none, and misses as little speech. It costs about 2 % of the length of the sound.
class silero_detector : public voice_detector {
public:
  explicit silero_detector(silero_weights weights) : network_{std::move(weights)} {}

  std::vector<bool> hear(samples sound) override;
  std::vector<bool> finish() override;

private:
  void judge(samples window, std::vector<bool>& out);

  silero_network network_;
  std::vector<std::int16_t> pending_;
  std::uint64_t heard_ = 0;  ///< samples
  std::uint64_t judged_ = 0; ///< samples
  std::uint64_t given_ = 0;  ///< verdicts
  bool speech_ = false;
};

} // namespace vdoc::speech
