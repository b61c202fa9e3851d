#pragma once

#include "actors/dispatch/protocol.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace vdoc::resources {
class measures;
} // namespace vdoc::resources

namespace vdoc::dispatch {

struct terms {
  std::shared_ptr<resources::measures> into;          ///< what waits and runs; may be null
  bool twins = true;                                  ///< stragglers are begun a second time
  std::map<std::string, std::uint32_t> tenant_shares; ///< of slots; 1 where nothing is said
};

/// Starts DISPATCH. It knows nothing at first: HOSTS tells it who is up, JOBs what they want, QUEUE
/// what operators have set of stages.
actor spawn(caf::actor_system& system, const terms& by = {});

} // namespace vdoc::dispatch
