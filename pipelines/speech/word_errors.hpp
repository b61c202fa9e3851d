#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vdoc::speech {

/// How far a transcript is from what was said: the least number of words to change, add and take
/// away (Levenshtein over words).
struct word_errors {
  std::size_t said = 0; ///< words of the reference
  std::size_t substitutions = 0;
  std::size_t insertions = 0; ///< heard, not said
  std::size_t deletions = 0;  ///< said, not heard

  [[nodiscard]] std::size_t total() const noexcept {
    return substitutions + insertions + deletions;
  }
  /// Word error rate; may exceed 1. 0 when nothing was said and nothing heard.
  [[nodiscard]] double rate() const noexcept;
  word_errors& operator+=(const word_errors& more) noexcept;
  friend bool operator==(const word_errors&, const word_errors&) = default;
};

/// Words to compare: lower case, without punctuation except the apostrophe inside a word.
std::vector<std::string> plain_words(std::string_view text);

word_errors compare_words(const std::vector<std::string>& said,
                          const std::vector<std::string>& heard);

} // namespace vdoc::speech
