#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vdoc::hls {

/// An H.264 decoder configuration (avcC, ISO 14496-15 5.3.3.1), taken apart.
struct avc_config {
  std::uint8_t profile = 0;                             ///< profile_idc
  std::uint8_t compatibility = 0;                       ///< constraint_set flags, first one on top
  std::uint8_t level = 0;                               ///< level_idc: 31 for 3.1
  std::size_t length_bytes = 4;                         ///< of a NAL unit's length
  std::vector<std::vector<std::uint8_t>> sequence_sets; ///< SPS, without length
  std::vector<std::vector<std::uint8_t>> picture_sets;  ///< PPS
};

/// Throws std::runtime_error when the bytes are cut short or no avcC.
avc_config read_avc_config(std::span<const std::uint8_t> bytes);

/// Types of NAL units (ITU-T H.264, table 7-1).
enum class nal : std::uint8_t { idr = 5, sequence_set = 7, picture_set = 8, delimiter = 9 };

/// The NAL units of an access unit, without their lengths; they point into `bytes`. Empty ones are
/// left out. Throws std::runtime_error when a length reaches past the end.
std::vector<std::span<const std::uint8_t>> nal_units(std::span<const std::uint8_t> bytes,
                                                     std::size_t length_bytes);

inline bool is(std::span<const std::uint8_t> unit, nal type) {
  return !unit.empty() && (unit[0] & 0x1fU) == static_cast<unsigned>(type);
}

/// An access unit as a byte stream (ITU-T H.264 annex B): a delimiter, the parameter sets where
/// `with_sets` asks for them and the unit does not bring its own, then its NAL units.
std::vector<std::uint8_t> to_byte_stream(const avc_config& config,
                                         std::span<const std::uint8_t> bytes, bool with_sets);

} // namespace vdoc::hls
