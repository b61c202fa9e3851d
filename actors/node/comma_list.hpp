#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::node {

/// "a,b" as a and b; empty words are none.
inline std::vector<std::string> words_in(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (comma > 0)
      words.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

/// And back.
inline std::string comma_list(const std::vector<std::string>& words) {
  std::string list;
  for (const auto& each : words)
    list.append(list.empty() ? "" : ",").append(each);
  return list;
}

} // namespace vdoc::node
