#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/storekeeper/protocol.hpp"
#include "actors/storekeeper/rules.hpp"
#include "cluster/resources/measures.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::storekeeper {

/// What STOREKEEPER needs of the world.
struct means {
  /// The newest ones; null while there is none.
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::function<std::int64_t()> steady_ms;
  /// Another connection to the store; each is used by one thread at a time.
  artefacts::connector connect;
  /// The same of the fallback store; null: there is none.
  artefacts::connector connect_fallback = {};
  std::string fallback_name = {}; ///< for people
  /// Whether this node still leads, as far as the shared folder shows: looked at before and while
  /// anything is sent. Any thread.
  std::function<bool()> leads;
  std::filesystem::path jobs; ///< one folder of results for each job, by id
  /// What goes from one store to the other; made when it is needed. Files are left in it by a
  /// crash.
  std::filesystem::path passing;
  std::shared_ptr<resources::measures> measures;
  rule_terms terms;
  std::uint32_t seed = 1;
  bool detached = true; ///< each order has a thread of its own; false in stepped tests
};

/// Starts STOREKEEPER. It first takes up what the ledger says is to be done.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::storekeeper
