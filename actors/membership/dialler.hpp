#pragma once

#include "actors/membership/protocol.hpp"
#include "net/dial/dial_place.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <vector>

namespace vdoc::membership {

/// Looks once for somebody who has a cluster's port open.
struct find_leader {
  bool in_vain = false; ///< whoever was found last has refused us, or did not answer
};
struct leader_found {
  front who;       ///< null: there was nobody
  std::string at;  ///< "10.0.0.5:7400"
  std::string why; ///< there was nobody
};

/// DIALLER: connects by mutual TLS to whoever of the seeds has its port open. CAF connects in one
/// thread for the whole process, and waits there for as long as TCP does; so it is only given
/// addresses that have just accepted a connection, and an address that swallows everything, or a
/// name that nobody resolves, costs the others nothing. It begins with who answered last.
/// Answers within 20 s, most of the time in milliseconds.
using dialler = caf::typed_actor<caf::replies_to<find_leader>::with<leader_found>>;

/// Has a thread of its own. Only inside a process.
dialler spawn_dialler(caf::actor_system& system, std::vector<net::dial_place> seeds);

} // namespace vdoc::membership

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::find_leader)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::leader_found)
