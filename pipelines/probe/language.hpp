#pragma once

#include <string>
#include <string_view>

namespace vdoc::probe {

/// The BCP 47 tag for what a container says about a language: ISO 639-2 codes, terminological and
/// bibliographic ("eng", "ger", "deu"), become their two-letter code where there is one; regions
/// are kept ("pt-BR"). Empty for "und", "mul", "zxx", for codes reserved for local use, and for
/// what is no language code.
std::string language(std::string_view said);

} // namespace vdoc::probe
