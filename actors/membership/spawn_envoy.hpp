#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/membership/protocol.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What ENVOY needs of the world.
struct envoy_means {
  std::vector<std::string> leaders; ///< that it works for at first, see hosts::work_for
  announcement what;
  std::vector<std::string> marks;
  std::uint32_t seed = 1;                     ///< of the jitter
  std::function<void()> look_after;           ///< about once a second; may be empty
  std::function<resources::node_load()> load; ///< of this node; must not block; may be empty
  std::function<void()> drained;              ///< called once, when somebody has drained this node
};

/// Asks the leader to give our media hosts nothing new, and how far that is. Inside the process.
struct try_to_go {};
struct may_go {
  bool now = false; ///< they have nothing left, or nobody leads
};

/// What HOSTS tells of media hosts that work for another node, what the leader there asks, and whom
/// they work for: all of it goes to ENVOY.
using envoy_actor =
    envoy::extend_with<dispatch::host_book>::extend<caf::replies_to<try_to_go>::with<may_go>,
                                                    caf::reacts_to<hosts::work_for>>;

/// Starts ENVOY, which speaks for a node at the leader that its media hosts work for: looks for it
/// for ever, announces the node, and passes on how media hosts have ended. Asked to end, or to have
/// another leader, it says farewell.
envoy_actor spawn_envoy(caf::actor_system& system, envoy_means with);

} // namespace vdoc::membership

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::try_to_go)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::may_go)
