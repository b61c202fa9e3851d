#include "pipelines/speech/recognizer.hpp"

#include "pipelines/speech/pocketsphinx_recognizer.hpp"

#include <algorithm>
#include <cctype>

namespace vdoc::speech {

namespace {

/// "en" of "en-US" and "EN_gb".
std::string primary_tag(const std::string& language) {
  auto out = language.substr(0, language.find_first_of("-_"));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

} // namespace

recognizer_result make_recognizer(const std::string& language,
                                  const std::filesystem::path& model_folder) {
  const auto tag = primary_tag(language);
  if (tag != "en" && tag != "eng")
    return unknown_language{language, {"en"}};
  if (!has_pocketsphinx_models(model_folder))
    return models_missing{model_folder};
  return std::make_unique<pocketsphinx_recognizer>(model_folder);
}

} // namespace vdoc::speech
