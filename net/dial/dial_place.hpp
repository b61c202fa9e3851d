#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::net {

/// Where somebody listens.
struct dial_place {
  std::string host; ///< a name or an address, without brackets
  std::uint16_t port = 0;
  friend auto operator<=>(const dial_place&, const dial_place&) = default;
  /// "node-a:7400", "[::1]:7400"
  [[nodiscard]] std::string text() const;
};

/// Nothing when that is none.
std::optional<dial_place> dial_place_from(std::string_view text);

} // namespace vdoc::net
