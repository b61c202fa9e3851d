#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::conf {

/// A tenant and its share, 1 to 1000, out of "acme=3"; nothing when it is not of that form.
std::optional<std::pair<std::string, std::uint32_t>> tenant_share_in(std::string_view text);

/// Of a list of these; of two for the same tenant the last one counts, and others are left out.
std::map<std::string, std::uint32_t> tenant_shares_in(const std::vector<std::string>& all);

} // namespace vdoc::conf
