#include "pipelines/speech/speech_likeness.hpp"

#include <algorithm>
#include <cmath>

namespace vdoc::speech {

namespace {

constexpr std::size_t change_frames = 5;
constexpr std::size_t lasting_frames = 10;

bool keeps_pitch(const frame_features& a, const frame_features& b) {
  return std::abs(std::log2(a.pitch_hz / b.pitch_hz)) < 0.015;
}

double distance(const frame_features& a, const frame_features& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.cepstrum.size(); ++k)
    sum += (a.cepstrum[k] - b.cepstrum[k]) * (a.cepstrum[k] - b.cepstrum[k]);
  return std::sqrt(sum);
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
    changes += distance(window[i], window[i - change_frames]);
  }
  if (out.loud > 0)
    out.change = changes / static_cast<double>(out.loud);
  if (lasting > 0)
    out.steady = static_cast<double>(steady) / static_cast<double>(lasting);
  if (!window.empty())
    out.voiced = static_cast<double>(lasting) / static_cast<double>(window.size());
  return out;
}

bool is_like_speech(const likeness& window, const likeness_limits& limits) {
  return window.loudest_db >= limits.quietest_db && window.loud >= limits.least_loud &&
         window.change >= limits.least_change && window.voiced >= limits.least_voiced &&
         window.steady <= limits.most_steady;
}

} // namespace vdoc::speech
