#pragma once

#include "pipelines/speech/word.hpp"

#include <vector>

namespace vdoc::speech {

/// What words must have to be believed. Recognisers always say something: over a held note "in" for
/// a second, over noise a "the" every few seconds. Their confidence does not tell, time does, and
/// how many other words would have done as well.
struct plausibility_limits {
  std::chrono::milliseconds longest_sound{300}; ///< any word may last so long,
  std::chrono::milliseconds per_letter{200};    ///< and so much more for each letter
  double most_stretched = 0.5;                  ///< share of the words that may be longer
  std::chrono::milliseconds sparse_from{3000};  ///< from this length of an utterance on
  double least_words_per_second = 0.5;          ///< there are as many as this
  /// Clear speech has 150 to 5000, old and noisy recordings up to 10'700, music that passes for
  /// speech mostly 11'000 to 37'000.
  double most_rivals_per_second = 11'000;
};

/// What a recogniser makes of an utterance, junk included.
struct hearing {
  std::vector<word> words;
  /// How many words, from here to there, the search had to choose from (hypothesis density; Kemp
  /// and Schaaf, Estimating confidence using word lattices, 1997).
  std::size_t rivals = 0;
};

/// The words of one utterance of `length` that can have been said. When too few can, none.
std::vector<word> plausible_words(const hearing& heard, timestamp length,
                                  const plausibility_limits& limits = {});

} // namespace vdoc::speech
