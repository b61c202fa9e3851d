#include "test/speech/made_sound.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numbers>
#include <random>

namespace vdoc::speech::test {

namespace {

using std::numbers::pi;

std::int16_t sample(double value) {
  return static_cast<std::int16_t>(std::clamp(value, -1.0, 1.0) * 32'767);
}

std::size_t samples_in(double seconds) {
  return static_cast<std::size_t>(std::llround(seconds * rate_hz));
}

/// The samples of a WAV file as sox and espeak-ng write it: behind the "data" chunk's head.
sound read_wav(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string all{std::istreambuf_iterator<char>{in}, {}};
  const auto at = all.find("data");
  if (at == std::string::npos)
    return {};
  sound out((all.size() - at - 8) / 2);
  std::copy_n(all.data() + at + 8, out.size() * 2, reinterpret_cast<char*>(out.data()));
  return out;
}

/// 22050 Hz to 16 kHz by drawing lines between samples: good enough for a robot's voice.
sound resampled(const sound& in, double from_hz) {
  sound out(static_cast<std::size_t>(static_cast<double>(in.size()) * rate_hz / from_hz));
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    const double at = static_cast<double>(i) * from_hz / rate_hz;
    const auto left = std::min(static_cast<std::size_t>(at), in.size() - 2);
    const double share = at - static_cast<double>(left);
    out[i] = static_cast<std::int16_t>(in[left] * (1 - share) + in[left + 1] * share);
  }
  return out;
}

sound without_silence(const sound& in) {
  const auto loud = [](std::int16_t one) { return std::abs(one) > 300; };
  const auto begin = std::find_if(in.begin(), in.end(), loud);
  const auto end = std::find_if(in.rbegin(), std::make_reverse_iterator(begin), loud).base();
  return {begin, end};
}

} // namespace

sound white_noise(double seconds, double loudness) {
  std::mt19937 chance{1};
  sound out(samples_in(seconds));
  for (auto& one : out)
    one = sample(loudness * (static_cast<double>(chance()) / 2'147'483'648.0 - 1));
  return out;
}

sound brown_noise(double seconds, double loudness) {
  double level = 0;
  auto out = white_noise(seconds, 1);
  for (auto& one : out) {
    level = 0.98 * level + 0.1 * one / 32'768.0;
    one = sample(loudness * level);
  }
  return out;
}

sound held_chord(const std::vector<double>& hz, double seconds, double loudness) {
  sound out(samples_in(seconds));
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (const double one : hz)
      sum += std::sin(2 * pi * one * static_cast<double>(i) / rate_hz);
    out[i] = sample(loudness * sum / static_cast<double>(hz.size()));
  }
  return out;
}

sound plucked_melody(double seconds) {
  constexpr double notes[] = {220, 261.6, 329.6, 440, 392, 329.6, 261.6, 246.9};
  sound out(samples_in(seconds));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double since = std::fmod(t, 0.25);
    const double hz = notes[static_cast<std::size_t>(t / 0.25) % 8];
    double sum = 0;
    for (int n = 1; n <= 8; ++n)
      sum += std::sin(2 * pi * hz * n * since) * std::exp(-since * (4 + 2 * n)) / n;
    out[i] = sample(0.4 * sum);
  }
  return out;
}

sound gliding_tone(double hz, double swing_hz, double per_second, double seconds) {
  sound out(samples_in(seconds));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double swing = swing_hz / (2 * pi * per_second) * std::cos(2 * pi * per_second * t);
    double sum = 0;
    for (int n = 1; n <= 5; ++n)
      sum += std::sin(2 * pi * n * (hz * t - swing)) / n;
    out[i] = sample(0.3 * sum);
  }
  return out;
}

sound drums(double seconds) {
  const auto hiss = white_noise(seconds, 1);
  sound out(samples_in(seconds));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double since = std::fmod(t, 0.25);
    const auto beat = static_cast<std::size_t>(t / 0.25) % 4;
    const double noise = hiss[i] / 32'768.0;
    if (beat == 0)
      out[i] = sample(0.8 * std::exp(-since * 18) * std::sin(2 * pi * (120 - 250 * since) * since));
    else
      out[i] = sample(0.5 * std::exp(-since * (beat == 2 ? 18 : 60)) * noise);
  }
  return out;
}

sound mixed(const sound& a, const sound& b) {
  sound out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int sum = (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0);
    out[i] = static_cast<std::int16_t>(std::clamp(sum, -32'768, 32'767));
  }
  return out;
}

std::optional<sound> spoken(const std::string& text) {
  auto name = (std::filesystem::temp_directory_path() / "spoken-XXXXXX").string();
  const int opened = ::mkstemp(name.data());
  if (opened < 0)
    return std::nullopt;
  const auto command = "espeak-ng -v en-us -s 140 -w " + name + " '" + text + "' 2>/dev/null";
  const bool said = std::system(command.c_str()) == 0; // NOLINT(concurrency-mt-unsafe)
  const auto out = said ? without_silence(resampled(read_wav(name), 22'050)) : sound{};
  std::filesystem::remove(name);
  if (out.empty())
    return std::nullopt;
  return out;
}

void place(sound& into, const sound& what, double seconds) {
  const auto at = samples_in(seconds);
  into.resize(std::max(into.size(), at + what.size()));
  std::copy(what.begin(), what.end(), into.begin() + static_cast<std::ptrdiff_t>(at));
}

std::optional<sound> clip(const std::string& name) {
  const char* named = std::getenv("VIDEO_DOC_SHARED"); // NOLINT(concurrency-mt-unsafe)
  const auto folder = named != nullptr
                          ? std::filesystem::path{named}
                          : std::filesystem::path{VIDEO_DOC_SOURCE}.parent_path() / "shared";
  const auto file = folder / "media" / "speech" / name;
  if (!std::filesystem::exists(file))
    return std::nullopt;
  if (file.extension() == ".wav")
    return read_wav(file);
  return std::nullopt;
}

} // namespace vdoc::speech::test
