#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "cluster/membership/node_book.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::muster {

/// What MUSTER needs of the world. The handles are the newest; null while there is none.
struct means {
  std::function<ledger::actor()> find_ledger; ///< of the node: anybody may announce himself
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::function<resources::node_load()> load = {}; ///< of this node; must not block
  std::shared_ptr<membership::node_book> book;
  /// Which folder of results this node works in. The first node of a ledger says which one it is.
  std::string folder_id;
  /// Called once with whether the ledger's cluster works in this folder.
  std::function<void(bool)> sees_folder;
  /// Called once, when somebody has drained this process and it follows. May be empty.
  std::function<void()> end_process = {};
  std::chrono::milliseconds every{1'000};
};

/// Starts MUSTER: says every second that this node is here and how busy it is, and reads who else
/// is.
caf::actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::muster
