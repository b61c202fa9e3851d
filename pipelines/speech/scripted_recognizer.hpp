#pragma once

#include "pipelines/speech/recognizer.hpp"

namespace vdoc::speech {

/// Fake for tests: says what it was told, word by word, at the times it was told, as far as they
/// fall into the utterance that it is given. Hears nothing.
class scripted_recognizer : public recognizer {
public:
  /// Words on the timeline, in order.
  explicit scripted_recognizer(std::vector<word> script) : script_{std::move(script)} {}

  recognition recognize(samples sound, timestamp begin,
                        const std::atomic<bool>& cancelled) override;
  [[nodiscard]] std::string engine() const override { return "scripted"; }

private:
  std::vector<word> script_;
};

} // namespace vdoc::speech
