#pragma once

#include "pipelines/speech/sound.hpp"
#include "pipelines/speech/word.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::speech {

/// What was said in one utterance.
struct recognition {
  std::vector<word> words; ///< in order, on the timeline
  bool cancelled = false;  ///< then there are no words
  friend bool operator==(const recognition&, const recognition&) = default;
};

/// Port: turns utterances into words. Blocks for about half the utterance's length; one thread per
/// recognizer, which keeps its models (about 95 MB) between utterances.
class recognizer {
public:
  virtual ~recognizer() = default;

  /// `sound` is one whole utterance of at most 20 s that begins at `begin`. `cancelled` is looked
  /// at several times per second. Throws failure (ours) when the engine breaks.
  virtual recognition recognize(samples sound, timestamp begin,
                                const std::atomic<bool>& cancelled) = 0;

  /// Names the engine and its model, for the transcript: "pocketsphinx 5prealpha (en-US)".
  [[nodiscard]] virtual std::string engine() const = 0;
};

/// No recogniser knows this language: say so, and go on without a transcript.
struct unknown_language {
  std::string language;
  std::vector<std::string> known;
  friend bool operator==(const unknown_language&, const unknown_language&) = default;
};

/// The language is known, but its models are not where they should be.
struct models_missing {
  std::filesystem::path where;
  friend bool operator==(const models_missing&, const models_missing&) = default;
};

using recognizer_result =
    std::variant<std::unique_ptr<recognizer>, unknown_language, models_missing>;

/// Makes the recogniser for a language (BCP 47: "en", "en-US"; the region may differ).
/// `model_folder` holds `en-us/`, `en-us.lm.bin`, `en-us-phone.lm.bin` and `cmudict-en-us.dict`.
recognizer_result
make_recognizer(const std::string& language,
                const std::filesystem::path& model_folder = "/usr/share/pocketsphinx/model/en-us");

} // namespace vdoc::speech
