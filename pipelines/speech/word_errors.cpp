#include "pipelines/speech/word_errors.hpp"

#include <algorithm>
#include <cctype>
#include <tuple>

namespace vdoc::speech {

double word_errors::rate() const noexcept {
  if (said == 0)
    return static_cast<double>(insertions);
  return static_cast<double>(total()) / static_cast<double>(said);
}

word_errors& word_errors::operator+=(const word_errors& more) noexcept {
  said += more.said;
  substitutions += more.substitutions;
  insertions += more.insertions;
  deletions += more.deletions;
  return *this;
}

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> out;
  std::string now;
  const auto end_word = [&] {
    while (!now.empty() && now.back() == '\'')
      now.pop_back();
    if (!now.empty())
      out.push_back(std::move(now));
    now.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80)
      now += static_cast<char>(std::tolower(byte));
    else if (c == '\'' && !now.empty())
      now += c;
    else
      end_word();
  }
  end_word();
  return out;
}

word_errors compare_words(const std::vector<std::string>& said,
                          const std::vector<std::string>& heard) {
  const auto less = [](const word_errors& a, const word_errors& b) {
    return std::make_tuple(a.total(), a.deletions + a.insertions) <
           std::make_tuple(b.total(), b.deletions + b.insertions);
  };
  std::vector<word_errors> above(heard.size() + 1);
  for (std::size_t j = 0; j <= heard.size(); ++j)
    above[j].insertions = j;
  for (std::size_t i = 1; i <= said.size(); ++i) {
    std::vector<word_errors> row(heard.size() + 1);
    row[0].deletions = i;
    for (std::size_t j = 1; j <= heard.size(); ++j) {
      auto kept = above[j - 1];
      kept.substitutions += said[i - 1] == heard[j - 1] ? 0 : 1;
      auto missed = above[j];
      ++missed.deletions;
      auto invented = row[j - 1];
      ++invented.insertions;
      row[j] = std::min({kept, missed, invented}, less);
    }
    above = std::move(row);
  }
  auto out = above.back();
  out.said = said.size();
  return out;
}

} // namespace vdoc::speech
