#include "test/support/h264_units.hpp"

#include "test/support/mp4_boxes.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace vdoc::test {

std::vector<std::string_view> units_of_avc(std::string_view sample, std::size_t length_bytes) {
  std::vector<std::string_view> units;
  while (!sample.empty()) {
    const auto size = big_endian(sample, 0, length_bytes);
    if (size == 0 || length_bytes + size > sample.size())
      throw std::runtime_error{"a NAL unit does not fit in its sample"};
    units.push_back(sample.substr(length_bytes, size));
    sample.remove_prefix(length_bytes + size);
  }
  return units;
}

std::vector<std::string_view> units_of_annex_b(std::string_view bytes) {
  constexpr std::string_view start{"\0\0\1", 3};
  std::vector<std::string_view> units;
  for (auto at = bytes.find(start); at != std::string_view::npos;) {
    const auto begin = at + start.size();
    at = bytes.find(start, begin);
    auto unit = bytes.substr(begin, at == std::string_view::npos ? at : at - begin);
    while (!unit.empty() && unit.back() == '\0')
      unit.remove_suffix(1);
    if (!unit.empty())
      units.push_back(unit);
  }
  return units;
}

int type_of(std::string_view unit) {
  return static_cast<unsigned char>(unit.at(0)) & 0x1f;
}

bool has_unit(const std::vector<std::string_view>& units, int type) {
  return std::ranges::any_of(units, [=](auto unit) { return type_of(unit) == type; });
}

std::string codec_string_of_sps(std::string_view sps) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "avc1.%06x",
                static_cast<unsigned>(big_endian(sps, 1, 3)));
  return text.data();
}

std::string sps_of_avcc(std::string_view avcc) {
  if (avcc.size() < 8 || (avcc[5] & 0x1f) == 0)
    return "";
  const auto size = big_endian(avcc, 6, 2);
  const auto pictures = 8 + size;
  if (avcc.size() <= pictures || avcc[pictures] == 0)
    return "";
  return std::string{avcc.substr(8, size)};
}

std::string codec_string_of_audio_config(std::string_view config) {
  return "mp4a.40." + std::to_string(big_endian(config, 0, 1) >> 3U);
}

} // namespace vdoc::test
