#include "cluster/desk/caller.hpp"

#include <array>

namespace vdoc::desk {

namespace {

constexpr std::array<std::string_view, 4> roles{"viewer", "publisher", "operator", "admin"};

} // namespace

std::string to_string(role what) {
  const auto at = static_cast<std::size_t>(what);
  return std::string{at < roles.size() ? roles[at] : "unknown role"};
}

std::optional<role> role_from(std::string_view name) {
  for (std::size_t i = 0; i < roles.size(); ++i)
    if (roles[i] == name)
      return static_cast<role>(i);
  return std::nullopt;
}

} // namespace vdoc::desk
