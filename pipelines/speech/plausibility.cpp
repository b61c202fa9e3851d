#include "pipelines/speech/plausibility.hpp"

namespace vdoc::speech {

namespace {

bool is_stretched(const word& one, const plausibility_limits& limits) {
  const auto letters = static_cast<std::int64_t>(one.text.size());
  return one.end - one.begin > limits.longest_sound + letters * limits.per_letter;
}

double mean_confidence(const std::vector<word>& words) {
  double sum = 0;
  for (const auto& one : words)
    sum += one.confidence;
  return words.empty() ? 0 : sum / static_cast<double>(words.size());
}

} // namespace

std::vector<word> plausible_words(const hearing& heard, timestamp length,
                                  const plausibility_limits& limits) {
  const double seconds = std::chrono::duration<double>(length).count();
  if (static_cast<double>(heard.rivals) > limits.most_rivals_per_second * seconds)
    return {};
  std::vector<word> out;
  for (const auto& one : heard.words)
    if (!is_stretched(one, limits))
      out.push_back(one);
  const auto stretched = static_cast<double>(heard.words.size() - out.size());
  const bool mostly_stretched =
      stretched > limits.most_stretched * static_cast<double>(heard.words.size());
  const bool sparse = length >= limits.sparse_from &&
                      static_cast<double>(out.size()) < limits.least_words_per_second * seconds;
  if (mostly_stretched || sparse || mean_confidence(out) < limits.least_confidence)
    out.clear();
  return out;
}

} // namespace vdoc::speech
