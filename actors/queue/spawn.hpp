#pragma once

#include "actors/job/protocol.hpp"
#include "actors/job/spawn.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/queue/roster.hpp"
#include "actors/queue/terms.hpp"
#include "cluster/desk/event_feed.hpp"
#include "cluster/desk/live_jobs.hpp"
#include "cluster/desk/tenant_limits.hpp"
#include "cluster/resources/measures.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::queue {

/// How a job is to be run: what of it is asked, and where its results go.
struct work_plan {
  job::spec what;
  job::surroundings around; ///< QUEUE fills in who is told, DISPATCH and LEDGER
};

/// What QUEUE needs of the world.
struct means {
  /// The newest LEDGER and READER; handles do not survive a restart. Any thread.
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  dispatch::actor dispatch;
  std::function<std::int64_t()> unix_ms;
  /// Throws vdoc::failure when the job's spec cannot be followed.
  std::function<work_plan(const ledger::job&)> plan;
  std::function<job::actor(caf::actor_system&, const work_plan&)> start_job;
  /// Told of every delivery to a job's callback once it is committed; must not block; may be empty.
  std::function<void(const ledger::document&)> deliver;
  /// Told of every video whose job has ended after an attempt, once that is committed, with its
  /// tenant; must not block; may be empty.
  std::function<void(const std::string& job_id, const std::string& tenant)> count = {};
  std::shared_ptr<roster> jobs;
  std::shared_ptr<desk::live_jobs> live;
  std::shared_ptr<desk::event_feed> feed = {}; ///< who is told what happens; may be null
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  /// What tenants may have: read from the ledger, and kept, by QUEUE.
  std::shared_ptr<desk::tenant_book> tenants = std::make_shared<desk::tenant_book>();
  rule_terms terms; ///< QUEUE fills in what the book says
  std::uint32_t seed = 1;
};

/// Starts QUEUE. It first takes up the open jobs of the ledger.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::queue
