#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vdoc::hls {

/// Colour in the code points of ISO 23091-2 (the same as ITU-T H.273), as the `colr` box has it.
struct colour_code {
  std::uint16_t primaries = 2; ///< 2: unspecified
  std::uint16_t transfer = 2;
  std::uint16_t matrix = 2;
  bool full_range = false;
  friend bool operator==(const colour_code&, const colour_code&) = default;
};

/// The code of a colorimetry by GStreamer's name: "bt709", or its own enumerations as
/// "range:matrix:transfer:primaries" ("1:4:0:0"). nullopt when it is empty or no such name.
std::optional<colour_code> colour_of(std::string_view colorimetry);

} // namespace vdoc::hls
