#include "conf/tenant_share.hpp"

#include <charconv>

namespace vdoc::conf {

std::optional<std::pair<std::string, std::uint32_t>> tenant_share_in(std::string_view text) {
  constexpr std::uint32_t most = 1'000;
  const auto equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0)
    return std::nullopt;
  const auto digits = text.substr(equals + 1);
  std::uint32_t share = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), share);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || share < 1 ||
      share > most)
    return std::nullopt;
  return std::pair{std::string{text.substr(0, equals)}, share};
}

std::map<std::string, std::uint32_t> tenant_shares_in(const std::vector<std::string>& all) {
  std::map<std::string, std::uint32_t> shares;
  for (const auto& one : all)
    if (auto share = tenant_share_in(one))
      shares.insert_or_assign(std::move(share->first), share->second);
  return shares;
}

} // namespace vdoc::conf
