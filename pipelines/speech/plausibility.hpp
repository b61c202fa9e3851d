#pragma once

#include "pipelines/speech/word.hpp"

#include <vector>

namespace vdoc::speech {

/// What words must have to be believed. Recognisers always say something: over a held note "in" for
/// a second, over noise a "the" every few seconds. Their confidence does not tell, time does.
struct plausibility_limits {
  std::chrono::milliseconds longest_sound{300}; ///< any word may last so long,
  std::chrono::milliseconds per_letter{200};    ///< and so much more for each letter
  double most_stretched = 0.5;                  ///< share of the words that may be longer
  std::chrono::milliseconds sparse_from{3000};  ///< from this length of an utterance on
  double least_words_per_second = 0.5;          ///< there are as many as this
};

/// The words of one utterance of `length` that can have been said. When too few can, none.
std::vector<word> plausible_words(const std::vector<word>& heard, timestamp length,
                                  const plausibility_limits& limits = {});

} // namespace vdoc::speech
