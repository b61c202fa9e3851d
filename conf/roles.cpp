#include "conf/roles.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vdoc::conf {

namespace {

constexpr std::array words{std::pair{"gateway", &roles::gateway},
                           std::pair{"worker", &roles::worker},
                           std::pair{"leader-candidate", &roles::leader_candidate}};

} // namespace

std::optional<roles> roles_in(std::string_view text) {
  if (text == "all")
    return roles{true, true, true};
  roles named;
  for (auto end = text.find(',');; end = text.find(',')) {
    const auto word = text.substr(0, end);
    const auto* known = std::ranges::find(words, word, [](const auto& one) { return one.first; });
    if (known == words.end())
      return std::nullopt;
    named.*(known->second) = true;
    if (end == std::string_view::npos)
      return named;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> words_of(const roles& what) {
  std::vector<std::string> all;
  for (const auto& [word, has] : words)
    if (what.*has)
      all.emplace_back(word);
  return all;
}

} // namespace vdoc::conf
