#pragma once

#include "actors/job/adoption.hpp"
#include "actors/job/call.hpp"
#include "actors/job/orders.hpp"
#include "actors/job/presentation.hpp"
#include "actors/job/spawn.hpp"
#include "cluster/ledger/job_id.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/system_messages.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>

/// The inside of a JOB: what its three source files share. Nobody else includes this.
namespace vdoc::job {

using steady = std::chrono::steady_clock;

using store_atom = caf::atom_constant<caf::atom("store")>;
using adopt_atom = caf::atom_constant<caf::atom("adopt")>;

/// Publishing that had to wait, to itself; "go"; and more of another job's files.
using inner_actor = actor::extend<caf::reacts_to<caf::tick_atom>, caf::reacts_to<caf::ok_atom>,
                                  caf::reacts_to<adopt_atom>, caf::reacts_to<store_atom>>;

/// One task that a media host works on.
struct running_task {
  std::string id; ///< DISPATCH's, and the ticket's
  dispatch::granted slot;
  steady::time_point since;
  blobs::loan files; ///< while it runs
  call asked = {};   ///< cancelled when this goes unanswered; not of work that is told to stop
};

struct job_state {
  static inline const char* name = "job";
  std::optional<rules> thought;
  surroundings around;
  std::optional<manifest::journal> journal;
  std::map<task, std::string> asked; ///< slots that are wanted: DISPATCH's task id
  std::map<task, running_task> running;
  std::map<task, running_task> twins; ///< of those, what runs a second time elsewhere
  std::map<std::string, task> by_id;
  std::map<work, stage_time> stages;
  std::map<std::string, std::uint32_t> hosts; ///< tasks that each has ended
  std::map<std::string, std::string> graphs;
  std::string job_id;
  std::string started_at;
  steady::time_point began = steady::now();
  steady::time_point published{};
  bool publish_due = false;
  listed_counts listed; ///< what the watcher knows of
  std::uint64_t asked_ever = 0;
  const std::string life = ledger::new_job_id(); ///< of this JOB: names of its calls begin so
  twin_found twin;                               ///< whose results are taken over
  std::optional<adoption> adopting;
  std::optional<finish> storing; ///< all is done but to bring the results into the store
  caf::actor_addr keeper;        ///< STOREKEEPER that was asked, and is watched
  left_results left;             ///< the store does not take them
  std::string left_told;         ///< what was said of that last
};

using self_pointer = inner_actor::stateful_pointer<job_state>;

/// Something happened: the rules decide, the shell carries it out. A disk that refuses fails the
/// job.
void happen(self_pointer self, const event& what);

/// Carries out one effect. Throws std::system_error when the disk refuses.
void carry_out(self_pointer self, const effect& what);

/// Sends a task to the stage that it was granted; or its twin to where that one was.
void send_to_stage(self_pointer self, const task& what);
void send_twin(self_pointer self, const task& what);

/// Adds the time that a running task took to its stage's account.
void count_time(self_pointer self, const task& what,
                std::chrono::nanoseconds cpu = std::chrono::nanoseconds{0});

/// What goes with a task's messages, so that answers of earlier attempts can be told apart.
demux::ticket ticket_of(self_pointer self, const task& what);

void write_playlists(self_pointer self, bool ended);
progress progress_of(self_pointer self);
void tell_ledger(self_pointer self, ledger::event_kind kind, const std::string& cause);
/// The same for the states of a job, which are a service's to tell where there is one.
void tell_state(self_pointer self, ledger::event_kind kind, const std::string& cause);
std::string utc_now();
void write_report(self_pointer self, const finish& end);
/// The last thing that a JOB does: whoever watches it is told.
void tell_end(self_pointer self, const finish& end);

/// Whether an earlier attempt has done it all and reported it, and this one has only looked. It may
/// still be putting its report into the artefact store, so that nobody may write another one.
bool is_reported(self_pointer self);

/// Brings the results of a job that has succeeded into the artefact store, or leaves them for
/// later, and says so; then the job has ended. An interrupt comes before that (storing.cpp).
void store_results(self_pointer self);
/// STOREKEEPER that was asked is gone, and with it, perhaps, its answer: the next one is asked.
void keeper_is_down(self_pointer self, const caf::down_msg& down);
void stop_storing(self_pointer self);

} // namespace vdoc::job
