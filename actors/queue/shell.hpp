#pragma once

#include "actors/queue/herald.hpp"
#include "actors/queue/in_hand.hpp"
#include "actors/queue/rules.hpp"
#include "actors/queue/spawn.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <functional>
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
using missed_atom = caf::atom_constant<caf::atom("missed")>;
using forced_atom = caf::atom_constant<caf::atom("forced")>;
using news_atom = caf::atom_constant<caf::atom("news")>;
using settings_atom = caf::atom_constant<caf::atom("settings")>;

/// What JOBs tell QUEUE, and QUEUE itself.
using inner_actor = actor::extend_with<job::watcher>::extend_with<dispatch::client>::extend<
    caf::reacts_to<wake_atom>, caf::reacts_to<health_atom>, caf::reacts_to<load_atom>,
    caf::reacts_to<news_atom>, caf::reacts_to<settings_atom>,
    caf::reacts_to<fetch_atom, std::string>, caf::reacts_to<ask_atom, std::string>,
    caf::reacts_to<missed_atom, std::string>,
    caf::reacts_to<forced_atom, std::string, std::uint32_t>>;

constexpr std::chrono::seconds read_within{8};
constexpr std::chrono::seconds health_within{2};

struct queue_state {
  static inline const char* name = "QUEUE";
  means with;
  std::optional<rules> thought;
  herald tells;
  bool news_due = false; ///< a look at what `tells` has to say is on its way
  ledger::actor ledger;
  ledger::reader reader;
  lane asked;                                            ///< refused while the ledger is away
  lane kept;                                             ///< spooled while the ledger is away
  std::map<std::string, queue_terms> wanted;             ///< of queues, while it is being written
  std::map<std::string, desk::own_limits> wanted_limits; ///< of tenants, the same
  std::map<std::string, desk::own_limits> limits_read;   ///< while they are being read
  std::uint64_t settings_written = 0;                    ///< how often that has come to an end
  std::map<dispatch::stage, queue_terms> stages;         ///< what is set of them
  std::unordered_map<job_key, addressee> to_be_told;     ///< of those that have a callback
  std::unordered_map<job_key, std::string> traces;       ///< W3C trace ids, for the log
  std::unordered_map<ticket, orderer> tickets;
  ticket last_ticket = 0;
  std::unordered_map<job_key, running_job> jobs;
  std::vector<begun_noop> next_noops;                   ///< no slot has been asked for yet
  std::map<std::string, std::vector<begun_noop>> noops; ///< by the task that they share
  std::uint64_t last_noop_task = 0;
  std::map<job_key, caf::actor_addr> lingering; ///< JOBs that are over but not down
  std::optional<caf::typed_response_promise<drained>> draining;
  inbox_look inbox;
  bool stopping = false; ///< nothing more is taken on
  std::string trouble;   ///< of the ledger
  bool away = false;
  std::vector<std::string> in_doubt; ///< ids of jobs that were refused, and may be written
  std::int64_t wake_ms = 0;          ///< steady; 0: not set

  ~queue_state();
};

using self_pointer = inner_actor::stateful_pointer<queue_state>;

moment now_of(self_pointer self);
/// What follows from everything that was told to the rules: to be called at the end of a message.
void turn(self_pointer self);

// --- the ledger's side (ledger_side.cpp)

void load(self_pointer self);
/// Takes over what other services on the same ledger have set of queues meanwhile.
void look_at_settings(self_pointer self);
void flush(self_pointer self);
/// Nothing begins until it is back.
void ledger_is_away(self_pointer self, const std::string& trouble);
/// Nobody knows whether it was written: LEDGER has crashed. QUEUE begins anew, as after a crash of
/// its own; what was not written is done again.
void fate_unknown(self_pointer self, const std::string& why);
/// To be called with every job that is taken up.
void remember_words(queue_state& state, const ledger::job& what);
void put_event(lane& where, ledger::event what, meaning why);
void write_begin(self_pointer self, const begin& what);
void write_record(self_pointer self, const record& what);
void look_up_job(self_pointer self, const job_key& key);
void ask_for_health(self_pointer self);
void state_changed(self_pointer self, const desk::state_news& what);
void answer_ticket(self_pointer self, ticket whose, desk::verdict how);
/// Puts the orderer's line of the audit log to the event that the order comes to.
void put_line(const queue_state& state, ticket whose, ledger::event& to);
desk::verdict ledger_away(const queue_state& state);

// --- the work's side (work_side.cpp)

void run_job(self_pointer self, const run& what);
void read_job(self_pointer self, const job_key& key);
void interrupt_job(self_pointer self, const job_key& key);
/// Tells a job that runs the priority that it has now.
void rank_job(self_pointer self, const job_key& key);
void force_job(self_pointer self, const job_key& key);
void still_there(self_pointer self, const job_key& key, std::uint32_t attempt);
/// Tells the measures how it is.
void take_stock(self_pointer self);
void count_attempt(self_pointer self, const job_key& key, std::int64_t ran_ms);
void job_progressed(self_pointer self, const job::progress& how);
void segments_listed(self_pointer self, const job::playable& what);
void job_ended(self_pointer self, const job::ended& how);
void somebody_is_down(self_pointer self, const caf::down_msg& down);

// --- the other nodes' side (inbox_side.cpp)

/// Takes up the jobs that other nodes have taken in.
void look_into_inbox(self_pointer self);
/// Of a job that is committed, as the ledger says of another submission of it, or of another start,
/// or that may be, since it was refused in doubt: takes it up if it is open and not known here.
void take_up_missed(self_pointer self, const std::string& id);

// --- the queues of stages (stage_side.cpp)

/// May there be a queue of this name, of jobs or of a stage?
desk::verdict check_queue(const queue_state& state, const std::string& queue);
queue_terms terms_of(const queue_state& state, const std::string& queue);
void apply_terms(self_pointer self, const std::string& queue, const queue_terms& terms);
/// Adds the queues of the stages, if DISPATCH tells of them within a second.
caf::result<desk::overview> look_around(self_pointer self, desk::overview now);

// --- what operators set (settings_side.cpp)

/// What QUEUE's rules hold a tenant to.
tenant_terms terms_of(const desk::tenant_limits& may_have);
/// May something be set at the moment?
desk::verdict may_be_set(const queue_state& state);
void write_queue(self_pointer self, const set_queue& what,
                 caf::typed_response_promise<ordered> promise);
caf::result<ordered> take(self_pointer self, const set_tenant& asked);
/// What the ledger says of all tenants; from here on it holds.
void take_over_limits(self_pointer self, std::map<std::string, desk::own_limits> all);

// --- media hosts, for jobs that do nothing (noop_side.cpp)

void send_noops(self_pointer self);
void slot_granted(self_pointer self, const dispatch::granted& it);
void slot_revoked(self_pointer self, const dispatch::revoked& it);
/// Nothing when it is none of those.
void interrupt_noop(self_pointer self, const job_key& key);

} // namespace vdoc::queue
