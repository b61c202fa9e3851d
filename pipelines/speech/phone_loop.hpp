#pragma once

#include "pipelines/speech/sphinx_search.hpp"

#include <optional>

namespace vdoc::speech::sphinx {

/// Explains an utterance by phones in any order that English has, without words. How well that goes
/// says whether somebody speaks; which phones they are does not matter. Takes a twentieth of the
/// length of the sound and needs no dictionary.
class phone_loop {
public:
  /// Wants `en-us-phone.lm.bin` in the folder beside what a recogniser wants. Throws failure.
  explicit phone_loop(const std::filesystem::path& folder);

  /// How far the best row of phones lags behind what fits each frame best by itself: mean log
  /// likelihood ratio per frame, in nats, 0 at most. Speech stays with a phone for some frames, so
  /// it has -0.5 to -1.6; music, whose frames no phone goes through, -1.1 to -2.5.
  /// Nothing when cancelled. Throws failure (ours).
  std::optional<double> fit(cepstra& heard, const std::atomic<bool>& cancelled);

private:
  search search_;
};

} // namespace vdoc::speech::sphinx
