#pragma once

#include "actors/queue/rules.hpp"
#include "actors/queue/spawn.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

/// The inside of QUEUE: what its source files share. Nobody else includes this.
namespace vdoc::queue {

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using health_atom = caf::atom_constant<caf::atom("health")>;
using load_atom = caf::atom_constant<caf::atom("load")>;
using fetch_atom = caf::atom_constant<caf::atom("fetch")>;
using ask_atom = caf::atom_constant<caf::atom("ask")>;
using forced_atom = caf::atom_constant<caf::atom("forced")>;

/// What JOBs and DISPATCH tell QUEUE, and QUEUE itself.
using inner_actor = actor::extend_with<job::watcher>::extend_with<dispatch::client>::extend<
    caf::reacts_to<wake_atom>, caf::reacts_to<health_atom>, caf::reacts_to<load_atom>,
    caf::reacts_to<fetch_atom, std::string>, caf::reacts_to<ask_atom, std::string>,
    caf::reacts_to<forced_atom, std::string, std::uint32_t>, caf::reacts_to<caf::tick_atom>>;

/// Somebody who waits for several jobs.
template <class Answer, class Each> struct pending {
  caf::typed_response_promise<Answer> promise;
  std::vector<Each> each;
  std::size_t open = 0;

  void settled() {
    if (--open == 0)
      promise.deliver(Answer{std::move(each)});
  }
};
using submission = pending<submitted, desk::admission>;
using ordering = pending<ordered, desk::verdict>;

/// One place in a `pending`.
template <class Pending> struct place_in {
  std::shared_ptr<Pending> whose;
  std::size_t at = 0;
};

/// An ended job that is to be open again.
struct reopening {
  ticket whose = 0;
  ledger::job_record job;
};
/// What an event of a write is for; nothing: for what comes after it.
using meaning = std::variant<std::monostate, begin, record, reopening>;
/// Who waits for the documents of a write.
using on_written = std::function<void(ledger::outcome)>;

/// What goes to LEDGER next, in one piece, and what each part of it is for.
struct outgoing {
  ledger::write what;
  std::vector<place_in<submission>> jobs;
  std::vector<meaning> events;
  std::vector<on_written> documents;

  [[nodiscard]] bool empty() const noexcept {
    return what.jobs.empty() && what.events.empty() && what.documents.empty();
  }
};
/// While so many writes are under way, what comes is gathered for the next one.
struct lane {
  outgoing next;
  std::uint32_t flying = 0;
};

/// A video that is being worked on.
struct running_job {
  std::uint32_t attempt = 0;
  bool resume = false;
  ledger::job what; ///< empty id: still being read
  job::actor who;
  bool interrupted = false; ///< asked to stop before it was there
  bool forced = false;
  double first_fraction = -1;
  std::int64_t begun_ms = 0;
  std::int64_t told_ms = 0;
  std::uint32_t segments = 0;
  std::int64_t media_left_ms = 0;
};

struct noop_batch {
  std::vector<std::pair<job_key, std::uint32_t>> jobs; ///< with their attempts
};

struct queue_state {
  static inline const char* name = "QUEUE";
  means with;
  std::optional<rules> thought;
  ledger::actor ledger;
  ledger::reader reader;
  lane asked; ///< refused while the ledger is away
  lane kept;  ///< spooled while the ledger is away
  std::unordered_map<ticket, place_in<ordering>> tickets;
  ticket last_ticket = 0;
  std::unordered_map<job_key, running_job> jobs;
  std::map<job_key, caf::actor_addr> lingering; ///< JOBs that are over but not down
  noop_batch noops;                             ///< not asked for yet
  std::map<std::string, noop_batch> batches;    ///< by task
  std::uint64_t batches_ever = 0;
  std::set<std::string> changed_queues;
  std::optional<caf::typed_response_promise<drained>> draining;
  tallied since_start;
  std::string trouble; ///< of the ledger
  bool away = false;
  std::int64_t wake_ms = 0;                  ///< steady; 0: not set
  std::map<std::string, std::int64_t> bytes; ///< of results, by tenant
  std::map<std::string, queue_terms> terms;  ///< of queues, those of stages too

  ~queue_state();
};

using self_pointer = inner_actor::stateful_pointer<queue_state>;

moment now_of(self_pointer self);
void apply_terms(self_pointer self, const std::string& name, const queue_terms& terms);
/// What follows from everything that was told to the rules: to be called at the end of a message.
void turn(self_pointer self);

// --- the ledger's side (ledger_side.cpp)

void load(self_pointer self);
void flush(self_pointer self);
void put_event(self_pointer self, lane& where, ledger::event what, meaning why);
void write_begin(self_pointer self, const begin& what);
void write_record(self_pointer self, const record& what);
void write_document(self_pointer self, ledger::document what, on_written then);
/// The results of a tenant take so many bytes more: written with what is written next.
void keep_bytes(self_pointer self, const std::string& tenant, std::int64_t more);
void look_up_job(self_pointer self, const job_key& key);
void ask_for_health(self_pointer self);
void answer_ticket(self_pointer self, ticket whose, desk::verdict how);

// --- the work's side (work_side.cpp)

void run_job(self_pointer self, const run& what);
void read_job(self_pointer self, const job_key& key);
void interrupt_job(self_pointer self, const job_key& key);
void force_job(self_pointer self, const job_key& key);
void still_there(self_pointer self, const job_key& key, std::uint32_t attempt);
void job_progressed(self_pointer self, const job::progress& how);
void job_ended(self_pointer self, const job::ended& how);
void somebody_is_down(self_pointer self, const caf::down_msg& down);
void send_noops(self_pointer self);
void noops_granted(self_pointer self, const dispatch::granted& slot);
void noops_revoked(self_pointer self, const dispatch::revoked& slot);

// --- what the outside hears (news.cpp)

void tell_state(self_pointer self, const std::string& job_id, const std::string& tenant,
                std::string_view state, std::uint32_t attempt, const std::string& cause);
void tell_progress(self_pointer self, const job_key& key, running_job& it,
                   const job::progress& how);
void tell_queues(self_pointer self);
std::string tenant_of(self_pointer self, const job_key& key);

} // namespace vdoc::queue
