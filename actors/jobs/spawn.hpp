#pragma once

#include "actors/job/protocol.hpp"
#include "actors/job/spawn.hpp"

#include <functional>
#include <vector>

namespace vdoc::jobs {

/// One input of a command: what is asked, and where its results go. `dispatch`, `ledger` and
/// `told` of the surroundings are filled in by JOBS.
struct planned {
  job::spec what;
  job::surroundings around;
};

/// What the caller hears, on JOBS' thread. Every planned job ends exactly once.
struct listener {
  std::function<void(const job::progress&)> on_progress;
  std::function<void(const job::ended&)> on_ended;
  std::function<void()> on_all_ended;
};

/// JOBS: runs jobs in the order given, a few at a time, each under a watch of its own. A JOB that
/// crashes is started again where it stopped, with backoff, until its budget is spent.
using actor = caf::typed_actor<
    // Stops all jobs in a state that --resume goes on from.
    caf::reacts_to<job::interrupt>>;

actor spawn(caf::actor_system& system, std::vector<planned> work, std::uint32_t at_once,
            dispatch::actor dispatch, ledger::actor ledger, listener told);

} // namespace vdoc::jobs
