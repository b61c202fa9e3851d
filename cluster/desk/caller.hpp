#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::desk {

/// What a caller may do; each may do what those before it may, except that a publisher submits to
/// its own tenant and a viewer changes nothing.
///
/// viewer: read. publisher: submit, cancel, retry, and read its own tenant. operator_: everything
/// to jobs, queues and schedules of its tenant. admin: also tokens, the audit log, and all tenants.
enum class role : std::uint8_t { viewer, publisher, operator_, admin };
std::string to_string(role what);
std::optional<role> role_from(std::string_view name); ///< "operator" is `operator_`

/// Who asks, as a gateway has made sure of.
struct caller {
  std::string name;   ///< for the audit log: of the token, the key, or "local"
  std::string tenant; ///< "*": all
  role as = role::viewer;
  std::string door = {}; ///< by which the caller came in: "zmq", "http"

  [[nodiscard]] bool may(role needed) const noexcept { return as >= needed; }
  [[nodiscard]] bool sees(std::string_view whose) const noexcept {
    return tenant == "*" || tenant == whose;
  }
};

} // namespace vdoc::desk
