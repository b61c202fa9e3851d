#include "net/http/client_address.hpp"

#include <algorithm>
#include <array>

namespace vdoc::net {

namespace {

constexpr std::size_t four = 4;
constexpr std::size_t six = 16;
constexpr std::size_t customer = 8; ///< bytes that providers give away whole (RFC 6177)
constexpr std::uint8_t loopback_net = 127;
constexpr std::array<std::uint8_t, six - four> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, six> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

} // namespace

client_address client_address_from(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == six && std::ranges::equal(bytes.first(mapped.size()), mapped))
    bytes = bytes.last(four);
  if (bytes.size() == four)
    return {{bytes.begin(), bytes.end()}, bytes.front() == loopback_net};
  if (bytes.size() != six)
    return {};
  return {{bytes.begin(), bytes.begin() + customer}, std::ranges::equal(bytes, loopback)};
}

} // namespace vdoc::net
