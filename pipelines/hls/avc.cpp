#include "pipelines/hls/avc.hpp"

#include <algorithm>
#include <stdexcept>

namespace vdoc::hls {

namespace {

/// Reads front to back and throws at the end of the bytes.
class byte_reader {
public:
  explicit byte_reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > bytes_.size())
      throw std::runtime_error{"an avcC box is cut short"};
    const auto part = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return part;
  }
  std::uint8_t u8() { return take(1)[0]; }
  std::vector<std::vector<std::uint8_t>> sets(unsigned count) {
    std::vector<std::vector<std::uint8_t>> list;
    for (unsigned i = 0; i < count; ++i) {
      const auto high = u8();
      const auto set = take(static_cast<std::size_t>(high) << 8U | u8());
      list.emplace_back(set.begin(), set.end());
    }
    return list;
  }

private:
  std::span<const std::uint8_t> bytes_;
};

void append_unit(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> unit) {
  constexpr std::uint8_t start_code[] = {0, 0, 0, 1};
  out.insert(out.end(), std::begin(start_code), std::end(start_code));
  out.insert(out.end(), unit.begin(), unit.end());
}

} // namespace

avc_config read_avc_config(std::span<const std::uint8_t> bytes) {
  byte_reader in{bytes};
  if (in.u8() != 1)
    throw std::runtime_error{"not an avcC box of version 1"};
  avc_config config;
  config.profile = in.u8();
  config.compatibility = in.u8();
  config.level = in.u8();
  config.length_bytes = (in.u8() & 3U) + 1;
  config.sequence_sets = in.sets(in.u8() & 0x1fU);
  config.picture_sets = in.sets(in.u8());
  return config;
}

std::vector<std::span<const std::uint8_t>> nal_units(std::span<const std::uint8_t> bytes,
                                                     std::size_t length_bytes) {
  std::vector<std::span<const std::uint8_t>> units;
  while (!bytes.empty()) {
    if (bytes.size() < length_bytes)
      throw std::runtime_error{"an access unit is cut short"};
    std::size_t size = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
      size = size << 8U | bytes[i];
    bytes = bytes.subspan(length_bytes);
    if (size > bytes.size())
      throw std::runtime_error{"a NAL unit reaches past the end of its access unit"};
    if (size > 0)
      units.push_back(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  return units;
}

std::vector<std::uint8_t> to_byte_stream(const avc_config& config,
                                         std::span<const std::uint8_t> bytes, bool with_sets) {
  constexpr std::uint8_t delimiter[] = {9, 0xf0}; // any picture types
  const auto units = nal_units(bytes, config.length_bytes);
  const auto brings = [&](nal type) {
    return std::ranges::any_of(units, [&](auto unit) { return is(unit, type); });
  };
  std::vector<std::uint8_t> out;
  out.reserve(bytes.size() + 128);
  append_unit(out, delimiter);
  if (with_sets && !(brings(nal::sequence_set) && brings(nal::picture_set))) {
    for (const auto& set : config.sequence_sets)
      append_unit(out, set);
    for (const auto& set : config.picture_sets)
      append_unit(out, set);
  }
  for (const auto unit : units)
    if (!is(unit, nal::delimiter))
      append_unit(out, unit);
  return out;
}

} // namespace vdoc::hls
