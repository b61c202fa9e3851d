#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::net {

/// Where the HTTP door listens.
struct http_endpoint {
  std::string address; ///< IPv4 or IPv6, without brackets
  std::uint16_t port = 0;

  /// Only this machine reaches it.
  [[nodiscard]] bool is_local() const;
  /// "127.0.0.1:8080", "[::1]:8080"
  [[nodiscard]] std::string text() const;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:0"; nothing when it is none.
std::optional<http_endpoint> endpoint_from(std::string_view text);

/// What a browser says of where a request comes from (Fetch Standard).
struct provenance {
  std::string_view host;       ///< Host
  std::string_view origin;     ///< Origin
  std::string_view fetch_site; ///< Sec-Fetch-Site
};

/// Whether a page of another site is behind a request. Such a page has no rights of its own: it has
/// those of whoever looks at it, and where there are no tokens that is everything.
bool is_of_another_site(const provenance& from);

/// Whether Host is this machine by name or an address. Another name may be a page's own, which the
/// page has had resolved to this machine to get around the check above (DNS rebinding).
bool is_host_plain(std::string_view host);

} // namespace vdoc::net
