#include "net/http/endpoint.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace vdoc::net {

namespace {

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

/// A host and what comes behind its colon, "" when nothing does.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos)
      return {};
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':'))
      return {};
    return {text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1)};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

} // namespace

bool http_endpoint::is_local() const {
  return address == "::1" || address.starts_with("127.");
}

std::string http_endpoint::text() const {
  const bool six = address.find(':') != std::string::npos;
  return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::optional<http_endpoint> endpoint_from(std::string_view text) {
  const auto [host, port] = split(text);
  http_endpoint found;
  found.address = host == "localhost" ? "127.0.0.1" : std::string{host};
  const auto* const end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, found.port);
  if (port.empty() || read.ec != std::errc{} || read.ptr != end || !is_address(found.address))
    return std::nullopt;
  return found;
}

bool is_of_another_site(const provenance& from) {
  if (from.fetch_site == "cross-site" || from.fetch_site == "same-site")
    return true;
  if (from.origin.empty())
    return false;
  const auto scheme = from.origin.find("://");
  return scheme == std::string_view::npos || from.origin.substr(scheme + 3) != from.host;
}

bool is_host_plain(std::string_view host) {
  const std::string name{split(host).first};
  return name == "localhost" || name.ends_with(".localhost") || is_address(name);
}

} // namespace vdoc::net
