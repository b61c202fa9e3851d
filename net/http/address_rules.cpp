#include "net/http/address_rules.hpp"

#include <algorithm>
#include <array>

namespace vdoc::net {

namespace {

struct block4 {
  std::array<std::uint8_t, 4> network;
  unsigned bits;
};

struct block6 {
  std::array<std::uint8_t, 16> network;
  unsigned bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, multicast and class E on top.
constexpr std::array closed4{
    block4{{0, 0, 0, 0}, 8},      block4{{10, 0, 0, 0}, 8},     block4{{100, 64, 0, 0}, 10},
    block4{{127, 0, 0, 0}, 8},    block4{{169, 254, 0, 0}, 16}, block4{{172, 16, 0, 0}, 12},
    block4{{192, 0, 0, 0}, 24},   block4{{192, 0, 2, 0}, 24},   block4{{192, 88, 99, 0}, 24},
    block4{{192, 168, 0, 0}, 16}, block4{{198, 18, 0, 0}, 15},  block4{{198, 51, 100, 0}, 24},
    block4{{203, 0, 113, 0}, 24}, block4{{224, 0, 0, 0}, 4},    block4{{240, 0, 0, 0}, 4},
};

// Of 2000::/3, all that is given out as global unicast.
constexpr std::array closed6{
    block6{{0x20, 0x01, 0x00, 0x00}, 23}, // protocol assignments, Teredo among them
    block6{{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    block6{{0x20, 0x02}, 16},             // 6to4
    block6{{0x3f, 0xff}, 20},             // documentation
};

constexpr block6 global_unicast{{0x20}, 3};
constexpr block6 mapped4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr block6 nat64{{0x00, 0x64, 0xff, 0x9b}, 96};

template <class Block> bool within(std::span<const std::uint8_t> address, const Block& block) {
  const unsigned whole = block.bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole, block.network.begin()))
    return false;
  const unsigned rest = block.bits % 8;
  return rest == 0 || (address[whole] >> (8 - rest)) == (block.network[whole] >> (8 - rest));
}

} // namespace

bool is_public_address(std::span<const std::uint8_t> address) noexcept {
  const auto holds = [&](const auto& block) { return within(address, block); };
  if (address.size() == 4)
    return std::ranges::none_of(closed4, holds);
  if (address.size() != 16)
    return false;
  if (within(address, mapped4) || within(address, nat64))
    return is_public_address(address.subspan(12));
  return within(address, global_unicast) && std::ranges::none_of(closed6, holds);
}

} // namespace vdoc::net
