#pragma once

#include "actors/digest/protocol.hpp"

#include <caf/fwd.hpp>

#include <cstddef>

namespace vdoc::digest {

struct terms {
  std::size_t slice_bytes = std::size_t{8} << 20U; ///< of one source before the next has its turn
  bool detached = true;                            ///< false in stepped tests
};

actor spawn(caf::actor_system& system, const terms& by = {});

} // namespace vdoc::digest
