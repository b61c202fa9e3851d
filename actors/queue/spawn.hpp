#pragma once

#include "actors/job/protocol.hpp"
#include "actors/job/spawn.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/queue/terms.hpp"
#include "cluster/desk/feed.hpp"
#include "cluster/desk/live_jobs.hpp"

#include <caf/fwd.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace vdoc::queue {

/// The JOBs that may still be alive, over a crash of QUEUE: a job never runs twice at a time in one
/// node. Any thread.
class roster {
public:
  void add(const std::string& job_id, caf::actor_addr who) {
    const std::scoped_lock lock{mutex_};
    all_[job_id] = std::move(who);
  }
  void remove(const std::string& job_id) {
    const std::scoped_lock lock{mutex_};
    all_.erase(job_id);
  }
  [[nodiscard]] std::map<std::string, caf::actor_addr> all() const {
    const std::scoped_lock lock{mutex_};
    return all_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, caf::actor_addr> all_;
};

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
  std::function<job::actor(caf::actor_system&, const work_plan&)> start_job; ///< empty: a JOB
  std::shared_ptr<roster> jobs = std::make_shared<roster>();
  std::shared_ptr<desk::feed> feed;
  std::shared_ptr<desk::live_jobs> live;
  rule_terms terms;
  std::uint32_t seed = 1;
};

/// Starts QUEUE. It first takes up the open jobs of the ledger.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::queue
