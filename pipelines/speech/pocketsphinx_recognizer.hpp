#pragma once

#include "pipelines/speech/plausibility.hpp"
#include "pipelines/speech/recognizer.hpp"

#include <filesystem>
#include <memory>

namespace vdoc::speech {

/// CMU PocketSphinx with its US English models. Measured on this project's clips: about a quarter
/// of the words are wrong on plain human speech; takes about half the length of the sound.
///
/// Utterances that do not look spoken (see utterance_evidence.hpp) are not searched for words.
class pocketsphinx_recognizer : public recognizer {
public:
  /// Throws failure when the models do not load.
  explicit pocketsphinx_recognizer(const std::filesystem::path& model_folder,
                                   plausibility_limits limits = {});
  ~pocketsphinx_recognizer() override;

  recognition recognize(samples sound, timestamp begin,
                        const std::atomic<bool>& cancelled) override;
  [[nodiscard]] std::string engine() const override;

private:
  struct decoder;
  std::unique_ptr<decoder> decoder_;
  plausibility_limits limits_;
};

/// True when the folder holds what the recogniser needs.
bool has_pocketsphinx_models(const std::filesystem::path& model_folder);

} // namespace vdoc::speech
