#pragma once

#include "net/dial/address_book.hpp"

#include <chrono>
#include <vector>

namespace vdoc::net {

struct reach_limits {
  std::chrono::milliseconds names{2'000}; ///< for name servers to answer, while nobody has accepted
  std::chrono::milliseconds accept{1'000}; ///< for an address to accept
};

/// Which addresses of these places accept TCP connections at this moment, the quickest first. All
/// that are known are tried at once, others as soon as a name server tells them. Returns soon after
/// the first has accepted, or when the limits are over: a name or an address that does not answer
/// costs the others nothing. Blocks.
std::vector<dial_place> reachable(address_book& book, const std::vector<dial_place>& places,
                                  const reach_limits& limits = {});

} // namespace vdoc::net
