#include "test/document/synthetic_pictures.hpp"

#include "pipelines/captions/text.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

namespace vdoc::document::test {

using namespace std::chrono_literals;

namespace {

std::size_t at(int column, int row, int columns) {
  return static_cast<std::size_t>(row) * columns + column;
}

} // namespace

drawing& drawing::fill(double value) {
  cells.fill(value);
  return *this;
}

drawing& drawing::box(int left, int top, int right, int bottom, double value) {
  for (int y = std::max(top, 0); y < std::min(bottom, 16); ++y)
    for (int x = std::max(left, 0); x < std::min(right, 16); ++x)
      cells[at(x, y, 16)] = value;
  return *this;
}

drawing& drawing::noise(unsigned seed, double deviation) {
  std::mt19937 random{seed};
  std::normal_distribution<double> normal{0, deviation};
  for (double& cell : cells)
    cell += normal(random);
  return *this;
}

drawing& drawing::brighter(double by) {
  for (double& cell : cells)
    cell += by;
  return *this;
}

drawing slide(unsigned number) {
  std::mt19937 random{number * 7919 + 1};
  drawing made;
  made.fill(235).box(1, 1, 4 + static_cast<int>(random() % 10), 3, 90);
  for (int line = 5; line < 15; line += 2)
    if (random() % 4 != 0)
      made.box(2, line, 4 + static_cast<int>(random() % 12), line + 1,
               130 + static_cast<double>(random() % 60));
  return made;
}

drawing talking_head(double phase) {
  const int sway = static_cast<int>(std::lround(0.6 * std::sin(phase)));
  drawing made;
  made.fill(70).box(0, 0, 5, 16, 110).box(11, 0, 16, 9, 150);
  made.box(3, 11, 13, 16, 40);
  made.box(6 + sway, 4, 10 + sway, 11, 185);
  // The mouth moves all the time.
  made.box(7 + sway, 9, 9 + sway, 10, 150 + 30 * std::sin(3 * phase));
  return made;
}

namespace {

/// The signs of the lowest 8 x 8 frequencies of a DCT-II against their median.
std::uint64_t hash_of(const std::array<double, 256>& cells) {
  std::array<double, 64> waves{};
  for (int v = 0; v < 8; ++v)
    for (int u = 0; u < 8; ++u)
      for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 16; ++x)
          waves[at(u, v, 8)] += cells[at(x, y, 16)] *
                                std::cos(std::numbers::pi * u * (2 * x + 1) / 32) *
                                std::cos(std::numbers::pi * v * (2 * y + 1) / 32);
  auto sorted = waves;
  std::nth_element(sorted.begin() + 1, sorted.begin() + 33, sorted.end());
  std::uint64_t hash = 0;
  for (std::size_t bit = 0; bit < 64; ++bit)
    hash |= std::uint64_t{waves[bit] > sorted[33]} << bit;
  return hash;
}

} // namespace

picture at(timestamp pts, const drawing& what, std::string jpeg) {
  picture made;
  made.pts = pts;
  std::array<double, 256> seen{};
  for (std::size_t cell = 0; cell < seen.size(); ++cell) {
    made.luma[cell] = static_cast<std::uint8_t>(std::clamp(what.cells[cell], 0.0, 255.0));
    seen[cell] = made.luma[cell];
  }
  made.hash = hash_of(seen);
  made.jpeg = std::move(jpeg);
  return made;
}

void paint(const std::filesystem::path& file, const drawing& what, image_size size) {
  image picture{size, {}};
  for (int y = 0; y < size.height_px; ++y)
    for (int x = 0; x < size.width_px; ++x) {
      const auto cell = at(x * 16 / size.width_px, y * 16 / size.height_px, 16);
      const double value = std::clamp(what.cells[cell], 0.0, 255.0);
      for (const double tint : {1.0, 0.96, 0.9})
        picture.rgb.push_back(static_cast<std::uint8_t>(value * tint));
    }
  std::ofstream{file, std::ios::binary} << encode_jpeg(picture, 85);
}

captions::utterance say(const std::string& text, timestamp begin) {
  captions::utterance one{begin, begin, {}};
  for (const auto& word : captions::split_words(text)) {
    one.words.push_back({word, one.end, one.end + 350ms, 0.8});
    one.end += 400ms;
  }
  return one;
}

} // namespace vdoc::document::test
