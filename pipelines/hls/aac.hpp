#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace vdoc::hls {

/// What of an AudioSpecificConfig (ISO 14496-3 1.6.2.1) codec strings and ADTS need. For explicitly
/// signalled SBR and PS (HE-AAC) `object_type` is theirs and `core_type` that of the core.
struct aac_config {
  int object_type = 0; ///< 2: AAC LC
  int core_type = 0;
  int frequency_index = 0; ///< table 1.18; of the core
  int channel_configuration = 0;
};

/// Throws std::runtime_error when the bytes are cut short.
aac_config read_aac_config(std::span<const std::uint8_t> bytes);

/// The header of one frame of `frame_bytes` (ISO 14496-3 1.A.2.2, no CRC). Throws
/// std::runtime_error for what ADTS cannot say: other object types than 1 to 4, a rate outside the
/// table, a frame over 8 KiB.
std::array<std::uint8_t, 7> adts_header(const aac_config& config, std::size_t frame_bytes);

} // namespace vdoc::hls
