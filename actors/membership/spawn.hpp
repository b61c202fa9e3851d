#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/membership/protocol.hpp"
#include "net/blobs/server.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What MEMBERSHIP needs of the world. Everything is called on its thread.
struct means {
  protocol_range speaks;
  /// Of this leader's settings, what results depend on: "key=value". Other nodes need the same.
  std::vector<std::string> marks;
  std::filesystem::path folder; ///< of the results: absolute; who sees it may work
  std::string nonce;            ///< another one with each start
  /// Opens the cluster's port, and closes it. The first may throw.
  std::function<void(const front&)> open_door;
  std::function<void(const front&)> close_door;
  /// Whose certificate a peer has shown, given its address and port; empty: nobody is asked.
  std::function<std::string(const std::string& address, std::uint16_t port)> peer_name;
  std::function<void()> look_after; ///< about once a second; may be empty
  /// Opens the data plane, for hosts that do not share the folder; may throw, and may be empty:
  /// then they get no work.
  std::function<std::unique_ptr<blobs::server>()> open_blobs;
  bool detached = true;             ///< it reads and writes small files; false in stepped tests
};

/// Starts MEMBERSHIP. DISPATCH hears of the media hosts of other nodes from it.
actor spawn(caf::actor_system& system, dispatch::host_book dispatch, means with);

} // namespace vdoc::membership
