#pragma once

#include "pipelines/speech/sound.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace vdoc::speech {

/// One word that was heard.
struct word {
  std::string text; ///< as the recogniser's dictionary spells it: lower case, but for "I"
  timestamp begin{0};
  timestamp end{0};
  double confidence = 1; ///< 0..1; pocketsphinx's is weak: it ranks, it does not promise
  friend bool operator==(const word&, const word&) = default;
};

/// {"text": "hello", "start": 1.25, "end": 1.6, "confidence": 0.93}, times in seconds to the
/// millisecond.
void to_json(nlohmann::json& out, const word& one);
/// Throws nlohmann::json::exception when a field is missing or of the wrong kind.
void from_json(const nlohmann::json& in, word& one);

} // namespace vdoc::speech
