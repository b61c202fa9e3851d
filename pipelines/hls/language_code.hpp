#pragma once

#include <string>
#include <string_view>

namespace vdoc::hls {

/// The three letters of ISO 639-2 (terminological) that MP4 and MPEG-TS want for a BCP 47 tag:
/// "pt-BR" is "por". "und" for "" and for what is no language.
std::string three_letter_code(std::string_view tag);

} // namespace vdoc::hls
