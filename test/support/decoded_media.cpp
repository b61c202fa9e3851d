#include "test/support/decoded_media.hpp"

#include "test/support/coded_media.hpp"
#include "test/support/command.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace vdoc::test {
namespace {

constexpr std::int64_t samples_per_second = 48'000;

nanoseconds of_ticks(std::int64_t ticks, std::int64_t numerator, std::int64_t denominator) {
  // 128 bits, because a 33-bit count of 90 kHz times 1e9 does not fit in 64 (a GCC extension).
  __extension__ using wide = __int128;
  const wide scaled = wide{ticks} * numerator * 1'000'000'000;
  const wide half = scaled < 0 ? -denominator / 2 : denominator / 2;
  return nanoseconds{static_cast<std::int64_t>((scaled + half) / denominator)};
}

/// The number that follows `label` in a line of showinfo or ashowinfo.
std::int64_t after(const std::string& line, const std::string& label) {
  const auto at = line.find(label);
  if (at == std::string::npos)
    throw std::runtime_error{"no " + label + " in: " + line};
  return std::strtoll(line.c_str() + at + label.size(), nullptr, 10);
}

/// ffmpeg on one stream of `source`, through `filter`, as raw bytes on stdout; the filter's
/// reports are on stderr.
outcome decode(const std::string& source, const std::vector<std::string>& options) {
  std::vector<std::string> words{"ffmpeg",  "-hide_banner", "-nostats", "-nostdin",
                                 "-copyts", "-i",           source};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back("-");
  return run_or_throw(words, std::chrono::minutes{3});
}

/// Behind so many seconds of sound the next frame is `length` away; less than 0: it overlaps.
struct sound_gap {
  double behind_s;
  nanoseconds length;
};

void lay_gaps(std::vector<float>& samples, const std::vector<sound_gap>& gaps) {
  const auto count_in = [](double seconds) {
    return static_cast<std::ptrdiff_t>(std::llround(seconds * samples_per_second));
  };
  for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) {
    const auto size = static_cast<std::ptrdiff_t>(samples.size());
    const auto at = std::min(count_in(gap->behind_s), size);
    const auto length = count_in(std::chrono::duration<double>(gap->length).count());
    if (length > 0)
      samples.insert(samples.begin() + at, static_cast<std::size_t>(length), 0.0F);
    else
      samples.erase(samples.begin() + at, samples.begin() + std::min(at - length, size));
  }
}

} // namespace

nanoseconds decoded_video::time_of(const decoded_frame& one) const {
  return of_ticks(one.pts, tick_numerator, tick_denominator);
}

std::vector<nanoseconds> decoded_video::flashes() const {
  std::vector<nanoseconds> times;
  bool before = false;
  for (const auto& one : frames) {
    if (one.flash && !before)
      times.push_back(time_of(one));
    before = one.flash;
  }
  return times;
}

void decoded_audio::drop_before_zero() {
  if (begin >= nanoseconds{0})
    return;
  const auto early = static_cast<std::size_t>(-begin.count() * samples_per_second / 1'000'000'000);
  samples.erase(samples.begin(),
                samples.begin() + static_cast<std::ptrdiff_t>(std::min(early, samples.size())));
  begin = nanoseconds{0};
}

float decoded_audio::loudest() const {
  float most = 0;
  for (const float one : samples)
    most = std::max(most, std::abs(one));
  return most;
}

std::vector<nanoseconds> decoded_audio::bursts() const {
  const float most = loudest();
  std::vector<nanoseconds> times;
  if (most < 0.1F)
    return times;
  constexpr std::size_t quiet = samples_per_second / 3;
  std::size_t last_loud = 0;
  bool any = false;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    if (std::abs(samples[n]) < 0.35F * most)
      continue;
    if (any ? n - last_loud > quiet : n > quiet)
      times.push_back(begin + of_ticks(static_cast<std::int64_t>(n), 1, samples_per_second));
    last_loud = n;
    any = true;
  }
  return times;
}

decoded_video decode_video(const std::string& source, int stream) {
  const auto result = decode(source, {"-map", "0:v:" + std::to_string(stream), "-vf",
                                      "scale=64:48:flags=area,format=gray,showinfo=checksum=0",
                                      "-vsync", "passthrough", "-f", "rawvideo"});
  decoded_video video;
  std::istringstream lines{result.err};
  for (std::string line; std::getline(lines, line);) {
    if (line.find("showinfo") == std::string::npos)
      continue;
    if (const auto at = line.find("config in time_base: "); at != std::string::npos) {
      const auto text = line.substr(at + 21);
      video.tick_numerator = std::stoll(text);
      video.tick_denominator = std::stoll(text.substr(text.find('/') + 1));
    } else if (line.find(" pts:") != std::string::npos) {
      video.frames.push_back({.pts = after(line, " pts:")});
    }
  }
  if (result.out.size() != video.frames.size() * reading_bytes)
    throw std::runtime_error{"ffmpeg reports " + std::to_string(video.frames.size()) +
                             " frames but gives " + std::to_string(result.out.size()) + " bytes"};
  for (std::size_t n = 0; n < video.frames.size(); ++n) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(result.out.data());
    const std::span<const std::uint8_t, reading_bytes> grey{bytes + n * reading_bytes,
                                                            reading_bytes};
    video.frames[n].number = read_number(grey).value_or(-1);
    video.frames[n].flash = read_flash(grey);
  }
  return video;
}

decoded_audio decode_audio(const std::string& source, int stream) {
  const auto result = decode(source, {"-map", "0:a:" + std::to_string(stream), "-af",
                                      "ashowinfo,aresample=48000", "-ac", "1", "-f", "f32le"});
  decoded_audio audio;
  std::istringstream lines{result.err};
  bool first = true;
  double seconds = 0; ///< of sound before this frame
  std::vector<sound_gap> gaps;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("nb_samples:") == std::string::npos)
      continue;
    const auto rate = after(line, " rate:");
    const auto pts = after(line, " pts:");
    if (first)
      audio.begin = of_ticks(pts, 1, rate);
    // Containers that count in 90 kHz or in milliseconds leave a jitter below 1.5 ms.
    else if (const auto gap = of_ticks(pts, 1, rate) - audio.end;
             abs(gap) > std::chrono::microseconds{1500}) {
      audio.gaps.push_back("at " + std::to_string(audio.end.count()) + " ns the next frame is " +
                           std::to_string(gap.count()) + " ns away");
      gaps.push_back({seconds, gap});
    }
    const auto count = after(line, "nb_samples:");
    seconds += static_cast<double>(count) / static_cast<double>(rate);
    audio.end = of_ticks(pts + count, 1, rate);
    first = false;
  }
  audio.samples.resize(result.out.size() / sizeof(float));
  std::memcpy(audio.samples.data(), result.out.data(), audio.samples.size() * sizeof(float));
  lay_gaps(audio.samples, gaps);
  return audio;
}

} // namespace vdoc::test
