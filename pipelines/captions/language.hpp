#pragma once

#include <string>
#include <string_view>

namespace vdoc::captions {

/// A language as sources write it ("eng", "EN_us", "pt-BR", "ger") as a BCP 47 tag ("en", "en-US",
/// "pt-BR", "de"): two letters where ISO 639-1 has them. "" for "und" and what is no language.
std::string language_tag(std::string_view written);

/// The name for people, in English: "Portuguese (BR)". The tag itself when it has no name here,
/// "Unknown language" for "".
std::string language_name(std::string_view tag);

} // namespace vdoc::captions
