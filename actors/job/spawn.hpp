#pragma once

#include "actors/digest/protocol.hpp"
#include "actors/fetcher/protocol.hpp"
#include "actors/job/protocol.hpp"
#include "actors/job/rules.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/storekeeper/protocol.hpp"
#include "net/blobs/loan_book.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::job {

/// Where a JOB finds results that it need not make again, and leaves word of its own. Results are
/// shared inside a tenant only.
struct earlier_work {
  std::string tenant;
  ledger::reader reader;
  digest::actor digest;
};

/// Everything a JOB needs from outside.
struct surroundings {
  std::string id;             ///< UUIDv7; "" lets the ledger make one
  std::filesystem::path root; ///< the job's result folder
  bool resume = false;        ///< go on from the manifest that lies there
  std::uint32_t stall_s = 10; ///< a pipeline without progress is torn down
  /// A service owns the job's history: the ledger knows `id`, and JOB notes what happens but writes
  /// no state.
  bool of_service = false;
  std::uint32_t attempt = 1;
  std::int32_t priority = 0; ///< higher goes first; another one can be told later
  std::string trace = {};    ///< W3C trace id, for the log
  dispatch::actor dispatch;
  ledger::actor ledger;
  watcher told;
  earlier_work earlier; ///< of a service
  /// What media hosts that do not share our folder may read and write; null: there are none.
  std::shared_ptr<blobs::loan_book> loans = {};
  std::string node = {}; ///< ours, as DISPATCH knows it: the job's files lie there
  /// Who brings results into the artefact store; the newest one, null while there is none. Without
  /// the function there is no such store.
  std::function<storekeeper::actor()> find_storekeeper = {};
  /// Starts a FETCHER, which the JOB ends. Any thread.
  std::function<fetcher::actor(caf::actor_system&)> start_fetcher = {};
};

/// Starts a JOB on a thread of its own (it writes files). It ends by itself after `ended`.
actor spawn(caf::actor_system& system, const spec& what, const surroundings& around);

} // namespace vdoc::job
