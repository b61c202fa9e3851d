#pragma once

#include <cstdint>
#include <span>

namespace vdoc::net {

/// Whether an address of 4 (IPv4) or 16 (IPv6) bytes in network order belongs to the public
/// internet. Everything of IANA's special-purpose registries (RFC 6890 and its updates) does not:
/// private, shared (100.64/10), loopback, link-local, unique local, multicast, documentation,
/// benchmarking, reserved. IPv4 inside of IPv6 (mapped, NAT64) is judged as the IPv4 address that
/// it is; tunnels that carry one (6to4, Teredo) are refused.
bool is_public_address(std::span<const std::uint8_t> address) noexcept;

} // namespace vdoc::net
