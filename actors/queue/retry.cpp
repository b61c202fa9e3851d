#include "actors/queue/retry.hpp"

#include "actors/queue/effects.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace vdoc::queue {

std::int64_t backoff_ms(const backoff_terms& terms, std::uint32_t failures,
                        std::minstd_rand& chance) {
  constexpr std::uint32_t most_doublings = 30;
  const auto doublings = std::min(std::max(failures, 1U) - 1, most_doublings);
  const auto wait = std::min(terms.first_ms << doublings, terms.longest_ms);
  const auto spread = wait * static_cast<std::int64_t>(terms.jitter_percent) / 100;
  return wait + std::uniform_int_distribution<std::int64_t>{-spread, spread}(chance);
}

std::string source_host_of(const std::string& source) {
  const auto scheme = source.find("://");
  if (scheme == std::string::npos || source.starts_with("file:"))
    return {};
  const auto begin = scheme + 3;
  auto host = source.substr(begin, source.find_first_of("/?#", begin) - begin);
  host.erase(0, host.find('@') + 1);
  std::ranges::transform(host, host.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return host;
}

std::string detail_of(const fault& why) {
  constexpr std::array whose{"user", "peer", "ours"};
  nlohmann::ordered_json detail;
  detail["whose"] = whose.at(static_cast<std::size_t>(why.whose));
  if (!why.advice.empty())
    detail["advice"] = why.advice;
  if (!why.where.empty())
    detail["where"] = why.where;
  return detail.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string detail_of_success(const attempt_ended& how) {
  nlohmann::ordered_json detail;
  if (how.bytes > 0)
    detail["bytes"] = how.bytes;
  if (!how.reused_from.empty())
    detail["reused_from"] = how.reused_from;
  return detail.is_null() ? "" : detail.dump();
}

} // namespace vdoc::queue
