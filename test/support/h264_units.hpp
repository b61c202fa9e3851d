#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::test {

/// NAL units (ITU-T H.264, 7.3.1) without their length or start code.
std::vector<std::string_view> units_of_avc(std::string_view sample, std::size_t length_bytes = 4);
std::vector<std::string_view> units_of_annex_b(std::string_view bytes);

inline constexpr int unit_idr = 5, unit_sps = 7, unit_pps = 8, unit_delimiter = 9;
int type_of(std::string_view unit);
bool has_unit(const std::vector<std::string_view>& units, int type);

/// "avc1.PPCCLL" (RFC 6381) of a sequence parameter set.
std::string codec_string_of_sps(std::string_view sps);
/// The first sequence parameter set of an avcC body; "" when it holds none or no picture set.
std::string sps_of_avcc(std::string_view avcc);
/// "mp4a.40.2" of an AudioSpecificConfig (ISO 14496-3, 1.6.2.1).
std::string codec_string_of_audio_config(std::string_view config);

} // namespace vdoc::test
