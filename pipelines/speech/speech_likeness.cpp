#include "pipelines/speech/speech_likeness.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vdoc::speech {

namespace {

constexpr std::size_t change_frames = 5;
constexpr std::size_t lasting_frames = 10;
constexpr double silent_below_db = 40; ///< how silent does not matter

bool keeps_pitch(const frame_features& a, const frame_features& b) {
  return std::abs(std::log2(a.pitch_hz / b.pitch_hz)) < 0.015;
}

double distance(const frame_features& a, const frame_features& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.cepstrum.size(); ++k)
    sum += (a.cepstrum[k] - b.cepstrum[k]) * (a.cepstrum[k] - b.cepstrum[k]);
  return std::sqrt(sum);
}

/// Standard deviation of the level; below the loudest by `silent_below_db` all is silence.
double swing_db(std::span<const frame_features> window, double loudest_db) {
  double sum = 0;
  double squares = 0;
  for (const auto& one : window) {
    const double level = std::min(loudest_db - one.level_db, silent_below_db);
    sum += level;
    squares += level * level;
  }
  const double mean = sum / static_cast<double>(window.size());
  return std::sqrt(std::max(0.0, squares / static_cast<double>(window.size()) - mean * mean));
}

} // namespace

likeness measure_likeness(std::span<const frame_features> window, const likeness_limits& limits) {
  likeness out;
  for (const auto& one : window)
    out.loudest_db = std::max(out.loudest_db, one.level_db);
  const double loud_from = out.loudest_db - limits.loud_within_db;
  double changes = 0;
  std::size_t lasting = 0;
  std::size_t steady = 0;
  std::size_t voiced_for = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const bool loud = window[i].level_db >= loud_from;
    voiced_for = loud && window[i].pitch_hz > 0 ? voiced_for + 1 : 0;
    if (voiced_for > lasting_frames) {
      ++lasting;
      steady += keeps_pitch(window[i], window[i - lasting_frames]) ? 1 : 0;
    }
    if (!loud || i < change_frames)
      continue;
    ++out.loud;
    out.tone += window[i].tone;
    changes += distance(window[i], window[i - change_frames]);
  }
  if (out.loud > 0) {
    out.change = changes / static_cast<double>(out.loud);
    out.tone /= static_cast<double>(out.loud);
  }
  if (lasting > 0)
    out.steady = static_cast<double>(steady) / static_cast<double>(lasting);
  if (!window.empty()) {
    out.voiced = static_cast<double>(lasting) / static_cast<double>(window.size());
    out.swing_db = swing_db(window, out.loudest_db);
  }
  return out;
}

likeness measure_likeness(samples utterance, const likeness_limits& limits) {
  constexpr auto margin = feature_meter::margin;
  std::vector<std::int16_t> sound(utterance.size() + 2 * margin);
  std::copy(utterance.begin(), utterance.end(), sound.begin() + margin);
  feature_meter meter;
  std::vector<frame_features> frames;
  for (std::size_t at = 0; at + feature_meter::window <= sound.size(); at += frame_samples)
    frames.push_back(meter.measure({sound.data() + at, feature_meter::window}));
  return measure_likeness(frames, limits);
}

bool is_like_speech(const likeness& window, const likeness_limits& limits) {
  return window.loudest_db >= limits.quietest_db && window.loud >= limits.least_loud &&
         window.change >= limits.least_change && window.voiced >= limits.least_voiced &&
         window.voiced <= limits.most_voiced && window.swing_db >= limits.least_swing_db &&
         window.steady <= limits.most_steady;
}

} // namespace vdoc::speech
