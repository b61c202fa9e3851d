#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace vdoc::net {

/// Where a client connects from, as far as limits for each client are concerned.
struct client_address {
  std::string network;   ///< bytes: an IPv4 address, or the 64 bits that one IPv6 customer has
  bool is_local = false; ///< this machine itself
};

/// Of 4 or 16 bytes in network order. An IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) is the
/// IPv4 address. Of something else: an empty one.
client_address client_address_from(std::span<const std::uint8_t> bytes);

} // namespace vdoc::net
