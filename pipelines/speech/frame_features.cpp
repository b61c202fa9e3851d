#include "pipelines/speech/frame_features.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace vdoc::speech {

using std::numbers::pi;

namespace {

constexpr double lowest_hz = 100;
constexpr double highest_hz = 6000;
constexpr double window_gain_db = 42; ///< a full-scale sine gives 0 dB
constexpr double periodic = 0.7;      ///< correlation with itself one period later

double mel(double hz) {
  return 1127 * std::log(1 + hz / 700);
}
double hz_of_mel(double mels) {
  return 700 * (std::exp(mels / 1127) - 1);
}

} // namespace

feature_meter::feature_meter() {
  for (std::size_t i = 0; i < transform_size; ++i)
    hann_[i] = 0.5 - 0.5 * std::cos(2 * pi * static_cast<double>(i) / transform_size);
  for (std::size_t i = 0; i < roots_.size(); ++i)
    roots_[i] = std::polar(1.0, -2 * pi * static_cast<double>(i) / transform_size);
  constexpr double bin_hz = static_cast<double>(rate_hz) / transform_size;
  const double low = mel(lowest_hz);
  const double step = (mel(highest_hz) - low) / bands;
  for (std::size_t i = 0; i <= bands; ++i)
    edges_[i] = static_cast<std::size_t>(hz_of_mel(low + step * static_cast<double>(i)) / bin_hz);
  for (std::size_t i = 1; i <= bands; ++i)
    edges_[i] = std::max(edges_[i], edges_[i - 1] + 1);
}

/// Fast Fourier transform in place, radix 2 (Cooley and Tukey, 1965).
void feature_meter::transform() {
  for (std::size_t i = 1, j = 0; i < transform_size; ++i) {
    std::size_t bit = transform_size / 2;
    for (; (j & bit) != 0; bit /= 2)
      j ^= bit;
    j ^= bit;
    if (i < j)
      std::swap(spectrum_[i], spectrum_[j]);
  }
  for (std::size_t length = 2; length <= transform_size; length *= 2)
    for (std::size_t start = 0; start < transform_size; start += length)
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto a = spectrum_[start + k];
        const auto b = spectrum_[start + k + length / 2] * roots_[k * (transform_size / length)];
        spectrum_[start + k] = a + b;
        spectrum_[start + k + length / 2] = a - b;
      }
}

void feature_meter::measure_spectrum(frame_features& out) {
  constexpr std::size_t skip = (window - transform_size) / 2;
  for (std::size_t i = 0; i < transform_size; ++i)
    spectrum_[i] = sound_[skip + i] * hann_[i];
  transform();
  constexpr double bin_hz = static_cast<double>(rate_hz) / transform_size;
  double understood = 1e-10;
  for (auto bin = static_cast<std::size_t>(300 / bin_hz); static_cast<double>(bin) * bin_hz <= 3400;
       ++bin)
    understood += std::norm(spectrum_[bin]);
  out.level_db = 10 * std::log10(understood) - window_gain_db;
  out.tone = tone();
  std::array<double, bands> loudness{};
  for (std::size_t band = 0; band < bands; ++band) {
    double power = 0;
    for (auto bin = edges_[band]; bin < edges_[band + 1]; ++bin)
      power += std::norm(spectrum_[bin]);
    const auto width = static_cast<double>(edges_[band + 1] - edges_[band]);
    loudness[band] = std::log(power / width + 1e-7);
  }
  for (std::size_t k = 0; k < frame_features::cepstrum_size; ++k) {
    double sum = 0;
    for (std::size_t band = 0; band < bands; ++band)
      sum += loudness[band] *
             std::cos(pi * static_cast<double>(k + 1) * (static_cast<double>(band) + 0.5) / bands);
    out.cepstrum[k] = sum * std::numbers::sqrt2 / bands;
  }
}

/// A partial fills the main lobe of the window: two bins on each side of the strongest.
double feature_meter::tone() const {
  constexpr std::size_t lobe = 2;
  const auto power = [&](std::size_t bin) { return std::norm(spectrum_[bin]); };
  double all = 1e-10;
  auto strongest = edges_.front();
  for (auto bin = edges_.front(); bin < edges_.back(); ++bin) {
    all += power(bin);
    if (power(bin) > power(strongest))
      strongest = bin;
  }
  double partial = 0;
  const auto last = std::min(strongest + lobe + 1, edges_.back());
  for (auto bin = std::max(strongest, edges_.front() + lobe) - lobe; bin < last; ++bin)
    partial += power(bin);
  return partial / all;
}

/// At half the rate: the lag of a pitch period after which the sound repeats itself best, and of
/// several that are as good the shortest.
double feature_meter::pitch() const {
  constexpr std::size_t half = window / 2;
  constexpr std::size_t shortest = 20;
  constexpr std::size_t longest = 160;
  constexpr std::size_t compared = half - longest;
  std::array<double, half> slow{};
  for (std::size_t i = 0; i < half; ++i)
    slow[i] = (sound_[2 * i] + sound_[2 * i + 1]) / 2;
  double here = 1e-9;
  double there = 1e-9;
  for (std::size_t i = 0; i < compared; ++i) {
    here += slow[i] * slow[i];
    there += slow[i + shortest] * slow[i + shortest];
  }
  std::array<double, longest> alike{};
  for (std::size_t lag = shortest; lag < longest; ++lag) {
    double product = 0;
    for (std::size_t i = 0; i < compared; ++i)
      product += slow[i] * slow[i + lag];
    alike[lag] = product / std::sqrt(here * std::max(there, 1e-9));
    there += slow[lag + compared] * slow[lag + compared] - slow[lag] * slow[lag];
  }
  const auto is_peak = [&](std::size_t lag) {
    return alike[lag] > periodic && alike[lag] > alike[lag - 1] && alike[lag] >= alike[lag + 1];
  };
  double best = 0;
  for (std::size_t lag = shortest + 1; lag + 1 < longest; ++lag)
    if (is_peak(lag))
      best = std::max(best, alike[lag]);
  for (std::size_t lag = shortest + 1; lag + 1 < longest; ++lag)
    if (is_peak(lag) && alike[lag] >= 0.9 * best) {
      const double curve = alike[lag - 1] - 2 * alike[lag] + alike[lag + 1];
      const double shift = (alike[lag - 1] - alike[lag + 1]) / (2 * curve - 1e-12);
      return rate_hz / 2.0 / (static_cast<double>(lag) + shift);
    }
  return 0;
}

frame_features feature_meter::measure(samples around) {
  for (std::size_t i = 0; i < window; ++i)
    sound_[i] = around[i] / 32768.0;
  frame_features out;
  measure_spectrum(out);
  out.pitch_hz = pitch();
  return out;
}

} // namespace vdoc::speech
