#pragma once

#include "pipelines/speech/word.hpp"

#include <vector>

namespace vdoc::speech {

/// What words must have to be believed. Recognisers always say something: over a held note "in" for
/// a second, over noise a "the" every few seconds. The confidence of one word does not tell. Time
/// does, how many other words would have done as well, and the mean of many confidences.
struct plausibility_limits {
  std::chrono::milliseconds longest_sound{300}; ///< any word may last so long,
  std::chrono::milliseconds per_letter{200};    ///< and so much more for each letter
  double most_stretched = 0.5;                  ///< share of the words that may be longer
  std::chrono::milliseconds sparse_from{3000};  ///< from this length of an utterance on
  double least_words_per_second = 0.5;          ///< there are as many as this
  /// Clear speech has 150 to 5000, old and noisy recordings up to 10'700, music that passes for
  /// speech mostly 11'000 to 37'000.
  double most_rivals_per_second = 11'000;
  /// Mean over the words of an utterance. One word's confidence says little, that of all does: of
  /// 40 utterances of people, plain, noisy and old, the least had 0.34, a robot's digits 0.1 to
  /// 0.2, synthesisers that seem to speak 0.04.
  double least_confidence = 0.1;
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
