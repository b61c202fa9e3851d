#include "net/dial/dial_place.hpp"

#include <charconv>

namespace vdoc::net {

std::string dial_place::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<dial_place> dial_place_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto number = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  dial_place at{std::string{host}, 0};
  const auto* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, at.port);
  if (host.empty() || number.empty() || read.ec != std::errc{} || read.ptr != end ||
      (!bracketed && host.find_first_of("[]:") != std::string_view::npos))
    return std::nullopt;
  return at;
}

} // namespace vdoc::net
