#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/watch/protocol.hpp"
#include "actors/watch/rules.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vdoc::watch {

/// What WATCH needs of the world. The handles are the newest; null while there is none.
struct means {
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  std::function<queue::actor()> find_queue;
  std::function<std::string()> new_job_id;
  std::function<std::int64_t()> unix_ms;
  std::function<std::int64_t()> steady_ms;
  std::filesystem::path folder; ///< absolute
  ledger::job job;              ///< what files become, but for their own
  terms by;
  std::chrono::milliseconds every{1'000}; ///< between two looks, or longer if they take long
  bool detached = true;                   ///< false in stepped tests
};

/// Starts WATCH. It first reads what earlier lives have dealt with.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::watch
