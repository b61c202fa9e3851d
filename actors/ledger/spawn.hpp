#pragma once

#include "actors/ledger/protocol.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace vdoc::ledger {

class store;

/// How writes are gathered into transactions.
struct batching {
  std::chrono::milliseconds wait{3}; ///< the first write of a batch waits so long for company
  std::size_t most = 256;            ///< a batch this large is written at once
};

/// What LEDGER writes into, and where its time comes from.
struct means {
  std::function<std::unique_ptr<store>()> open; ///< called once, on LEDGER's thread; may throw
  std::function<std::int64_t()> unix_ms;
  batching batches;
  bool detached = true; ///< a thread of its own, since the store blocks; false in stepped tests
};

/// Starts LEDGER. When it is asked to end it writes what it has first.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::ledger
