#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "cluster/desk/gatekeeper.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace vdoc::front_desk {

/// What the keeper of keys needs of the world. Handles are the newest; null while there is none.
struct key_means {
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::shared_ptr<desk::key_ring> ring; ///< kept up to date
};

/// Keys as documents of the ledger ("key"). It reads them first, again and again until it can.
/// Destroy it before the actor system.
std::unique_ptr<desk::gatekeeper> keep_keys(caf::actor_system& system, key_means with);

} // namespace vdoc::front_desk
