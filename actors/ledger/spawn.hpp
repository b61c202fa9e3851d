#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/ledger/terms.hpp"
#include "cluster/resources/measures.hpp"

#include <caf/fwd.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

namespace vdoc::ledger {

class store;

/// Called on a thread that may block, until it gives a store; throws `cannot_open`.
using store_opener = std::function<std::unique_ptr<store>()>;

/// What LEDGER writes into, and where its time comes from.
struct means {
  store_opener open;
  std::function<std::int64_t()> unix_ms;
  terms on = {};
  /// File for what must not be lost while the database is away; empty: nothing is spooled.
  std::filesystem::path spool = {};
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  /// The store has a thread of its own, since it blocks; false in stepped tests. LEDGER itself has
  /// none: each thread that an acknowledgement passes costs it a tenth of a millisecond.
  bool detached = true;
};

/// Starts LEDGER. When it is asked to end it writes what it has first. A database that is away, at
/// the start or later, does not end it. It ends with a fault when the spool cannot be read.
actor spawn(caf::actor_system& system, means with);

/// How READER asks.
struct reader_terms {
  std::size_t most = 4; ///< questions at a time, each on a connection and a thread of its own
  bool detached = true; ///< threads of their own; false in stepped tests
};

/// Starts READER. A connection is opened when there are as many questions at a time, and again when
/// it turns out to be broken.
reader spawn_reader(caf::actor_system& system, store_opener open, reader_terms on = {});

} // namespace vdoc::ledger
