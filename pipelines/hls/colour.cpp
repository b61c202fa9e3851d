#include "pipelines/hls/colour.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace vdoc::hls {

namespace {

/// GstVideoColorMatrix, GstVideoTransferFunction and GstVideoColorPrimaries of GStreamer 1.22, in
/// their order, as code points. What H.273 has no point for is "unspecified".
constexpr auto matrices = std::to_array<std::uint16_t>({2, 0, 4, 1, 6, 7, 9});
constexpr auto transfers =
    std::to_array<std::uint16_t>({2, 8, 2, 2, 4, 1, 7, 13, 5, 9, 10, 15, 2, 14, 16, 18, 6});
constexpr auto primaries =
    std::to_array<std::uint16_t>({2, 1, 4, 5, 6, 7, 8, 9, 2, 10, 11, 12, 22});

constexpr auto named = std::to_array<std::pair<std::string_view, colour_code>>({
    {"bt601", {6, 6, 6, false}},
    {"bt709", {1, 1, 1, false}},
    {"smpte240m", {7, 7, 7, false}},
    {"sRGB", {1, 13, 0, true}},
    {"bt2020", {9, 15, 9, false}},
    {"bt2020-10", {9, 14, 9, false}},
    {"bt2100-pq", {9, 16, 9, false}},
    {"bt2100-hlg", {9, 18, 9, false}},
});

template <std::size_t Size>
bool look_up(const std::array<std::uint16_t, Size>& table, unsigned index, std::uint16_t& out) {
  if (index >= Size)
    return false;
  out = table[index];
  return true;
}

} // namespace

std::optional<colour_code> colour_of(std::string_view colorimetry) {
  for (const auto& [name, code] : named)
    if (name == colorimetry)
      return code;
  std::array<unsigned, 4> part{};
  const char* at = colorimetry.data();
  const char* const end = at + colorimetry.size();
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (i > 0 && (at == end || *at++ != ':'))
      return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, part[i]);
    if (error != std::errc{})
      return std::nullopt;
    at = next;
  }
  colour_code code;
  if (at != end || part[0] > 2 || !look_up(matrices, part[1], code.matrix) ||
      !look_up(transfers, part[2], code.transfer) || !look_up(primaries, part[3], code.primaries))
    return std::nullopt;
  code.full_range = part[0] == 1;
  return code;
}

} // namespace vdoc::hls
