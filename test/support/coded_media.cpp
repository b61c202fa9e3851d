#include "test/support/coded_media.hpp"

#include "test/support/command.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace vdoc::test {
namespace {

constexpr int bits = 16;
constexpr std::uint8_t white = 225, black = 26;

bool is_flash_start(const master_spec& spec, int frame) {
  const auto period = static_cast<std::int64_t>(spec.flash_every_s) * spec.fps_numerator;
  const auto at = [&](int one) { return std::int64_t{one} * spec.fps_denominator / period; };
  return frame > 0 && at(frame) != at(frame - 1);
}

bool is_flash(const master_spec& spec, int frame) {
  const int lasts = std::max(1, 2 * spec.fps_numerator / (25 * spec.fps_denominator));
  for (int before = 0; before < lasts && before <= frame; ++before)
    if (is_flash_start(spec, frame - before))
      return true;
  return false;
}

/// 8-bit luma of one pixel: number on top, flash at the bottom, moving stripes between.
std::uint8_t luma_at(const master_spec& spec, int frame, bool flash, int x, int y) {
  const int eighth = y * 8 / spec.height_px;
  if (eighth < 2) {
    const int bit = bits - 1 - x * bits / spec.width_px;
    const bool one = ((frame >> bit) & 1) != 0;
    return one == (eighth == 0) ? white : black;
  }
  if (eighth >= 6)
    return flash ? white : static_cast<std::uint8_t>(40 + (x / 8 + y / 8) % 2 * 12);
  return static_cast<std::uint8_t>(60 + (x * 2 + y + frame * 3) % 128);
}

void write_pictures(const master_spec& spec, const std::filesystem::path& file) {
  std::ofstream out{file, std::ios::binary};
  const auto width = static_cast<std::size_t>(spec.width_px);
  const auto height = static_cast<std::size_t>(spec.height_px);
  const std::size_t chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
  out << "YUV4MPEG2 W" << width << " H" << height << " F" << spec.fps_numerator << ":"
      << spec.fps_denominator << " Ip A1:1 C420mpeg2\n";
  std::vector<char> picture(width * height + 2 * chroma_width * chroma_height);
  for (int frame = 0; frame < spec.frames; ++frame) {
    const bool flash = is_flash(spec, frame);
    char* to = picture.data();
    for (int y = 0; y < spec.height_px; ++y)
      for (int x = 0; x < spec.width_px; ++x)
        *to++ = static_cast<char>(luma_at(spec, frame, flash, x, y));
    for (std::size_t plane = 0; plane < 2; ++plane)
      for (std::size_t y = 0; y < chroma_height; ++y)
        for (std::size_t x = 0; x < chroma_width; ++x) {
          const bool coloured = y * 8 / chroma_height >= 2 && y * 8 / chroma_height < 6;
          const auto tone = plane == 0 ? 96 + x * 64 / chroma_width : 96 + y * 64 / chroma_height;
          *to++ = static_cast<char>(coloured ? tone : 128);
        }
    out << "FRAME\n";
    out.write(picture.data(), static_cast<std::streamsize>(picture.size()));
  }
  if (!out.flush())
    throw std::runtime_error{"no room for " + file.string()};
}

/// Interleaved stereo S16, without a header.
void write_sound(const master_spec& spec, const std::filesystem::path& file) {
  const double rate = spec.rate_hz;
  const auto samples = static_cast<std::int64_t>(std::llround(spec.seconds() * rate));
  std::vector<double> sound(static_cast<std::size_t>(samples));
  for (std::int64_t n = 0; n < samples; ++n)
    sound[static_cast<std::size_t>(n)] =
        0.02 * std::sin(2 * std::numbers::pi * 220 * static_cast<double>(n) / rate);
  for (int frame = 1; frame < spec.frames; ++frame) {
    if (!is_flash_start(spec, frame))
      continue;
    const auto begin = static_cast<std::int64_t>(
        std::llround(rate * frame * spec.fps_denominator / spec.fps_numerator));
    for (std::int64_t n = 0; n < spec.rate_hz / 50 && begin + n < samples; ++n)
      sound[static_cast<std::size_t>(begin + n)] =
          0.8 * std::cos(2 * std::numbers::pi * 1000 * static_cast<double>(n) / rate);
  }
  std::ofstream out{file, std::ios::binary};
  for (const double one : sound) {
    const auto value = static_cast<std::int16_t>(std::lround(one * 32767));
    for (int channel = 0; channel < 2; ++channel)
      out.write(reinterpret_cast<const char*>(&value), sizeof value);
  }
  if (!out.flush())
    throw std::runtime_error{"no room for " + file.string()};
}

} // namespace

std::string master_spec::name() const {
  return std::to_string(width_px) + "x" + std::to_string(height_px) + "_" +
         std::to_string(fps_numerator) + "-" + std::to_string(fps_denominator) + "_" +
         std::to_string(frames) + "_" + std::to_string(flash_every_s) + "_" +
         std::to_string(rate_hz) + "_v" + std::to_string(master_version);
}

std::filesystem::path coded_master(const master_spec& spec, const std::filesystem::path& cache) {
  auto target = cache / ("master_" + spec.name() + ".mkv");
  if (std::filesystem::exists(target))
    return target;
  std::filesystem::create_directories(cache);
  // Several test programs may want it at once: each makes its own, the last rename wins.
  const auto aside = cache / ("aside-" + std::to_string(getpid()) + "-" + target.stem().string());
  const auto pictures = aside.string() + ".y4m", sound = aside.string() + ".pcm",
             made = aside.string() + ".mkv";
  write_pictures(spec, pictures);
  write_sound(spec, sound);
  std::vector<std::string> words = split_words(
      "ffmpeg -v error -y -i " + pictures + " -f s16le -ac 2 -ar " + std::to_string(spec.rate_hz) +
      " -i " + sound + " -c:v libx264 -qp 0 -preset ultrafast -g 1 -c:a pcm_s16le");
  if (spec.width_px % 2 != 0 || spec.height_px % 2 != 0)
    words.insert(words.end(), {"-pix_fmt", "yuv444p"});
  words.push_back(made);
  run_or_throw(words);
  std::filesystem::remove(pictures);
  std::filesystem::remove(sound);
  std::filesystem::rename(made, target);
  return target;
}

std::optional<int> read_number(std::span<const std::uint8_t, reading_bytes> grey) {
  // Eighths are 6 rows high, blocks 4 columns wide: the middle of each is far from all edges.
  const auto block = [&](int column, int row) {
    int sum = 0;
    for (int y = row * 6 + 2; y < row * 6 + 4; ++y)
      for (int x = column * 4 + 1; x < column * 4 + 3; ++x)
        sum += grey[static_cast<std::size_t>(y) * reading_width_px + x];
    return sum / 4;
  };
  int number = 0;
  for (int column = 0; column < bits; ++column) {
    const int difference = block(column, 0) - block(column, 1);
    if (std::abs(difference) < 60)
      return std::nullopt;
    number = number * 2 + (difference > 0 ? 1 : 0);
  }
  return number;
}

bool read_flash(std::span<const std::uint8_t, reading_bytes> grey) {
  int sum = 0;
  for (int y = 38; y < 46; ++y)
    for (int x = 4; x < 60; ++x)
      sum += grey[static_cast<std::size_t>(y) * reading_width_px + x];
  return sum / (8 * 56) > 140;
}

} // namespace vdoc::test
