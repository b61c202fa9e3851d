#include "test/support/box_edits.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace vdoc::test {
namespace {

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (int n = 0; n < 4; ++n)
    bytes.at(at + static_cast<std::size_t>(n)) = static_cast<char>(value >> (24 - 8 * n));
}

/// Replaces each `from` by the equally long `to`; says how often.
int replace_all(std::string& bytes, const std::string& from, const std::string& to) {
  int count = 0;
  for (auto at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1)) {
    bytes.replace(at, from.size(), to);
    ++count;
  }
  return count;
}

} // namespace

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + file.string()};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush())
    throw std::runtime_error{"cannot write " + file.string()};
}

void set_orientation(const std::filesystem::path& mp4, bool mirrored, int clockwise_degrees) {
  auto bytes = read_file(mp4);
  const auto type = bytes.find("tkhd");
  if (type == std::string::npos || bytes.at(type + 4) != 0)
    throw std::runtime_error{"no track header of version 0"};
  // A picture's point (x, y) goes to (a x + c y, b x + d y); y grows downwards.
  struct turn {
    int degrees, a, b, c, d;
  };
  constexpr std::array turns{turn{0, 1, 0, 0, 1}, turn{90, 0, 1, -1, 0}, turn{180, -1, 0, 0, -1},
                             turn{270, 0, -1, 1, 0}};
  const turn one = turns.at(static_cast<std::size_t>(clockwise_degrees / 90));
  const int side = mirrored ? -1 : 1; // mirroring first: x changes its sign before the turn
  const auto width = static_cast<unsigned char>(bytes.at(type + 80)) * 256 +
                     static_cast<unsigned char>(bytes.at(type + 81));
  const auto height = static_cast<unsigned char>(bytes.at(type + 84)) * 256 +
                      static_cast<unsigned char>(bytes.at(type + 85));
  const auto a = one.a * side, b = one.b * side, c = one.c, d = one.d;
  // The upright picture starts at 0, 0 again.
  const int x = (a < 0 || c < 0) ? (a != 0 ? width : height) : 0;
  const int y = (b < 0 || d < 0) ? (d != 0 ? height : width) : 0;
  const auto fixed = [](int value) { return static_cast<std::uint32_t>(value * 65536); };
  const std::array matrix{fixed(a), fixed(b), 0U,       fixed(c),   fixed(d),
                          0U,       fixed(x), fixed(y), 0x40000000U};
  for (std::size_t n = 0; n < matrix.size(); ++n)
    put_u32(bytes, type + 44 + 4 * n, matrix.at(n));
  write_file(mp4, bytes);
}

void signal_band_replication(const std::filesystem::path& mp4) {
  auto bytes = read_file(mp4);
  // 11 bits of 0x2b7, object type 5; then the flag, and 3 for 48 kHz in four bits.
  const auto extension = bytes.find(std::string{"\x56\xe5\x00", 3}, bytes.find("esds"));
  if (extension == std::string::npos)
    throw std::runtime_error{"no configuration of AAC with an extension that is off"};
  bytes.at(extension + 2) = static_cast<char>(0x98);
  write_file(mp4, bytes);
}

void hide_boxes(const std::filesystem::path& mp4, const std::string& type) {
  auto bytes = read_file(mp4);
  if (replace_all(bytes, type, "free") == 0)
    throw std::runtime_error{"no box " + type};
  write_file(mp4, bytes);
}

void truncate_to(const std::filesystem::path& file, double share) {
  const auto size = static_cast<double>(std::filesystem::file_size(file));
  std::filesystem::resize_file(file, static_cast<std::uintmax_t>(size * share));
}

void flip_bits(const std::filesystem::path& file, std::uint32_t seed, int count, double from,
               double to) {
  auto bytes = read_file(file);
  const auto size = static_cast<double>(bytes.size());
  const auto first = static_cast<std::uint32_t>(size * from);
  const auto range = static_cast<std::uint32_t>(size * (to - from));
  std::mt19937 chance{seed};
  for (int n = 0; n < count; ++n) {
    auto& one = bytes.at(first + chance() % range);
    one = static_cast<char>(static_cast<unsigned char>(one) ^ (1U << (chance() % 8)));
  }
  write_file(file, bytes);
}

void claim_vp8_size(const std::filesystem::path& webm, int old_width_px, int old_height_px,
                    int width_px, int height_px) {
  auto bytes = read_file(webm);
  const auto big = [](const char* front, int value) {
    return std::string{front} + static_cast<char>(value >> 8) + static_cast<char>(value & 255);
  };
  const auto little = [](int width, int height) {
    std::string out{"\x9d\x01\x2a"};
    for (const int value : {width, height}) {
      out += static_cast<char>(value & 255);
      out += static_cast<char>(value >> 8);
    }
    return out;
  };
  // Matroska: PixelWidth 0xB0, PixelHeight 0xBA, each with a size of two bytes (0x82).
  const int changed =
      replace_all(bytes, big("\xb0\x82", old_width_px), big("\xb0\x82", width_px)) +
      replace_all(bytes, big("\xba\x82", old_height_px), big("\xba\x82", height_px)) +
      replace_all(bytes, little(old_width_px, old_height_px), little(width_px, height_px));
  if (changed < 3)
    throw std::runtime_error{"not the VP8 that was expected"};
  write_file(webm, bytes);
}

} // namespace vdoc::test
