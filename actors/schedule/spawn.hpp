#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/schedule/protocol.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace vdoc::schedule {

/// What SCHEDULE needs of the world. The handles are the newest; null while there is none.
struct means {
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  std::function<queue::actor()> find_queue;
  std::function<std::string()> new_job_id;
  std::function<std::int64_t()> unix_ms;
};

/// Starts SCHEDULE. It first reads the schedules of the ledger.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::schedule
