#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/membership/operator_protocol.hpp"
#include "actors/membership/protocol.hpp"
#include "cluster/membership/node_book.hpp"
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
  /// Opens the cluster's port, and closes it. The first may throw. Without them no node may join.
  std::function<void(const front&)> open_door;
  std::function<void(const front&)> close_door;
  /// Whose certificate a peer has shown, given its address and port; empty: nobody is asked.
  std::function<std::string(const std::string& address, std::uint16_t port)> peer_name;
  std::function<void()> look_after; ///< about once a second; may be empty
  /// Opens the data plane, for hosts that do not share the folder; may throw, and may be empty:
  /// then they get no work.
  std::function<std::unique_ptr<blobs::server>()> open_blobs;
  bool detached = true; ///< it reads and writes small files; false in stepped tests

  // Of the leader itself, and what it remembers.
  std::string node;        ///< its name
  std::string incarnation; ///< of its process
  std::uint64_t epoch = 0; ///< of its lease: admissions of other leaders are not among its own
  std::function<void()> end_process;          ///< in good order: it is drained
  std::function<ledger::actor()> find_ledger; ///< the newest, whose writes carry the epoch; or null
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::int64_t quarantine_ms = 3'600'000; ///< until a node is tried again; 0: it is not
  std::shared_ptr<node_book> book;        ///< who is there beside those that join; may be null
};

/// MEMBERSHIP: knows which nodes are there and what is ordered of them, and has the media hosts of
/// those that join work for the leader.
using actor = front::extend_with<operators_side>;

/// Starts MEMBERSHIP. DISPATCH hears of the media hosts of other nodes from it, and which nodes get
/// nothing new. It opens its door when it has read what is ordered of nodes.
actor spawn(caf::actor_system& system, dispatch::actor dispatch, means with);

} // namespace vdoc::membership
