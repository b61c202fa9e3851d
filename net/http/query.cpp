#include "net/http/query.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace vdoc::net {

namespace {

int hex(char digit) {
  int value = -1;
  std::from_chars(&digit, &digit + 1, value, 16);
  return value;
}

std::string decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

template <class Function> void each_part(std::string_view text, char between, Function take) {
  while (!text.empty()) {
    const auto end = std::min(text.find(between), text.size());
    if (end > 0)
      take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_number(std::string_view text) {
  constexpr std::size_t longest = 15;
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](char one) { return one >= '0' && one <= '9'; });
}

} // namespace

std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  each_part(query, '&', [&](std::string_view pair) {
    const auto equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(decoded(pair.substr(0, equals)),
                       decoded(pair.substr(std::min(equals + 1, pair.size()))));
  });
  return pairs;
}

std::string filter_of(std::string_view query) {
  nlohmann::json filter = nlohmann::json::object();
  for (const auto& [name, value] : pairs_of(query)) {
    const bool may_be_number = name == "most" || name == "from" || name == "until";
    if (name == "state")
      each_part(value, ',', [&](std::string_view one) { filter["states"].push_back(one); });
    else if (may_be_number && is_number(value))
      filter[name] = std::stoll(value);
    else
      filter[name] = value;
  }
  return filter.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace vdoc::net
