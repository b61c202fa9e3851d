#include "pipelines/captions/language.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace vdoc::captions {

namespace {

struct language {
  std::string_view tag;        ///< ISO 639-1, or 639-3 where that has none
  std::string_view three;      ///< ISO 639-2/T
  std::string_view three_also; ///< ISO 639-2/B where it differs
  std::string_view name;
};

constexpr language languages[] = {
    {"af", "afr", "", "Afrikaans"},     {"ar", "ara", "", "Arabic"},
    {"az", "aze", "", "Azerbaijani"},   {"be", "bel", "", "Belarusian"},
    {"bg", "bul", "", "Bulgarian"},     {"bn", "ben", "", "Bengali"},
    {"bs", "bos", "", "Bosnian"},       {"ca", "cat", "", "Catalan"},
    {"cs", "ces", "cze", "Czech"},      {"cy", "cym", "wel", "Welsh"},
    {"da", "dan", "", "Danish"},        {"de", "deu", "ger", "German"},
    {"el", "ell", "gre", "Greek"},      {"en", "eng", "", "English"},
    {"eo", "epo", "", "Esperanto"},     {"es", "spa", "", "Spanish"},
    {"et", "est", "", "Estonian"},      {"eu", "eus", "baq", "Basque"},
    {"fa", "fas", "per", "Persian"},    {"fi", "fin", "", "Finnish"},
    {"fil", "fil", "", "Filipino"},     {"fr", "fra", "fre", "French"},
    {"ga", "gle", "", "Irish"},         {"gl", "glg", "", "Galician"},
    {"gu", "guj", "", "Gujarati"},      {"he", "heb", "", "Hebrew"},
    {"hi", "hin", "", "Hindi"},         {"hr", "hrv", "", "Croatian"},
    {"hu", "hun", "", "Hungarian"},     {"hy", "hye", "arm", "Armenian"},
    {"id", "ind", "", "Indonesian"},    {"is", "isl", "ice", "Icelandic"},
    {"it", "ita", "", "Italian"},       {"ja", "jpn", "", "Japanese"},
    {"ka", "kat", "geo", "Georgian"},   {"kk", "kaz", "", "Kazakh"},
    {"km", "khm", "", "Khmer"},         {"kn", "kan", "", "Kannada"},
    {"ko", "kor", "", "Korean"},        {"la", "lat", "", "Latin"},
    {"lb", "ltz", "", "Luxembourgish"}, {"lt", "lit", "", "Lithuanian"},
    {"lv", "lav", "", "Latvian"},       {"mk", "mkd", "mac", "Macedonian"},
    {"ml", "mal", "", "Malayalam"},     {"mn", "mon", "", "Mongolian"},
    {"mr", "mar", "", "Marathi"},       {"ms", "msa", "may", "Malay"},
    {"mt", "mlt", "", "Maltese"},       {"my", "mya", "bur", "Burmese"},
    {"nb", "nob", "", "Norwegian"},     {"ne", "nep", "", "Nepali"},
    {"nl", "nld", "dut", "Dutch"},      {"nn", "nno", "", "Norwegian Nynorsk"},
    {"no", "nor", "", "Norwegian"},     {"pa", "pan", "", "Punjabi"},
    {"pl", "pol", "", "Polish"},        {"pt", "por", "", "Portuguese"},
    {"ro", "ron", "rum", "Romanian"},   {"ru", "rus", "", "Russian"},
    {"sk", "slk", "slo", "Slovak"},     {"sl", "slv", "", "Slovenian"},
    {"sq", "sqi", "alb", "Albanian"},   {"sr", "srp", "", "Serbian"},
    {"sv", "swe", "", "Swedish"},       {"sw", "swa", "", "Swahili"},
    {"ta", "tam", "", "Tamil"},         {"te", "tel", "", "Telugu"},
    {"th", "tha", "", "Thai"},          {"tr", "tur", "", "Turkish"},
    {"uk", "ukr", "", "Ukrainian"},     {"ur", "urd", "", "Urdu"},
    {"uz", "uzb", "", "Uzbek"},         {"vi", "vie", "", "Vietnamese"},
    {"zh", "zho", "chi", "Chinese"},    {"zu", "zul", "", "Zulu"},
};

std::string changed(std::string_view text, int (*change)(int)) {
  std::string out{text};
  for (char& byte : out)
    byte = static_cast<char>(change(static_cast<unsigned char>(byte)));
  return out;
}

/// The subtags, at most four, each of one to eight letters or digits; none when it is no tag.
std::vector<std::string> subtags_of(std::string_view written) {
  std::vector<std::string> parts(1);
  for (const char byte : written) {
    if (byte == '-' || byte == '_')
      parts.emplace_back();
    else if (std::isalnum(static_cast<unsigned char>(byte)) != 0)
      parts.back().push_back(byte);
    else
      return {};
  }
  const bool good = parts.size() <= 4 && std::all_of(parts.begin(), parts.end(), [](auto& part) {
                      return !part.empty() && part.size() <= 8;
                    });
  return good ? parts : std::vector<std::string>{};
}

} // namespace

std::string language_tag(std::string_view written) {
  const auto parts = subtags_of(written);
  if (parts.empty())
    return {};
  const std::string first = changed(parts.front(), std::tolower);
  const auto known = std::find_if(std::begin(languages), std::end(languages), [&](const auto& one) {
    return one.tag == first || one.three == first || one.three_also == first;
  });
  if (known == std::end(languages))
    return {};
  std::string tag{known->tag};
  for (std::size_t at = 1; at < parts.size(); ++at)
    tag += "-" + (parts[at].size() == 2 ? changed(parts[at], std::toupper) : parts[at]);
  return tag;
}

std::string language_name(std::string_view tag) {
  if (tag.empty())
    return "Unknown language";
  const auto cut = tag.find('-');
  const auto first = tag.substr(0, cut);
  for (const auto& one : languages)
    if (one.tag == first)
      return std::string{one.name} +
             (cut == std::string_view::npos ? "" : " (" + std::string{tag.substr(cut + 1)} + ")");
  return std::string{tag};
}

} // namespace vdoc::captions
