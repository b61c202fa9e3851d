#pragma once

#include "actors/node/service_parts.hpp"
#include "actors/node/store_plan.hpp"
#include "actors/node/watch_plan.hpp"
#include "cluster/ledger/fence.hpp"
#include "conf/settings.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vdoc::node {

/// Where a service works.
struct workplace {
  conf::settings settings;
  std::string database;       ///< of the ledger
  std::filesystem::path jobs; ///< one folder of results for each job
  std::filesystem::path webhook_keys;
  std::filesystem::path webhook_secret; ///< of an earlier version, if it is there
  std::optional<watch_plan> watch;
  std::filesystem::path spool;        ///< of the work's LEDGER
  std::filesystem::path mark;         ///< service_folder::leader_epoch
  store_plan stores = {};             ///< of artefacts
  std::filesystem::path passing = {}; ///< what goes from one of them to the other
};

/// Starts what works for a service, under a supervisor of its own: a LEDGER whose writes carry the
/// leader's epoch, QUEUE, SCHEDULE, COURIER, STOREKEEPER, WATCH, SWEEP and MEMBERSHIP, which write
/// by it. Their crashes do not concern media hosts.
caf::actor start_work(caf::actor_system& system, const workplace& where,
                      const std::shared_ptr<service_parts>& parts, const services& now,
                      const ledger::fence& by);

} // namespace vdoc::node
