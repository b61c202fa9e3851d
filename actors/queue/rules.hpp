#pragma once

#include "actors/queue/backlog.hpp"
#include "actors/queue/effects.hpp"
#include "actors/queue/entry.hpp"
#include "actors/queue/source_gate.hpp"
#include "actors/queue/tallies.hpp"
#include "actors/queue/terms.hpp"
#include "actors/queue/upload_gate.hpp"

#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace vdoc::queue {

/// QUEUE's rules: which open job starts, and what becomes of it. Everything that happens is told
/// first, any number of things in a row; `decide` then says what is to be done.
///
///     scheduled --due--> queued <--> parked (behind the breaker of its source host)
///                          |  ^ `--> uploading (until there is enough of its source)
///                        begin `--- retrying <-- backoff, unless it is the user's fault
///                          v             ^
///                      starting --> running --> ending --> (open no more)
///
/// Nothing counts as done before the ledger has said so. Every step costs O(log jobs).
class rules {
public:
  explicit rules(const rule_terms& terms, std::uint32_t seed = 1);

  /// An open job: out of the ledger at the start, just submitted, or requeued from an end. One that
  /// is known is ignored. One that the ledger has as running was cut off: it is resumed.
  void take_up(const ledger::job_record& job, moment now);
  /// A job whose submission is about to be written: whether it is taken up before that, so that it
  /// may begin in the same write. `take_up` follows once it is written, else `withdraw`.
  bool expect(const ledger::job& what, moment now);
  void withdraw(const job_key& key);
  /// All open jobs are taken up: from here on they start.
  void loaded() noexcept { loaded_ = true; }
  /// May so many jobs more be submitted? If so their places are kept until `release`.
  desk::verdict reserve(const std::string& tenant, const std::string& queue, std::uint32_t count) {
    return tallies_.reserve(tenant, queue, count);
  }
  void release(const std::string& tenant, std::uint32_t count) { tallies_.release(tenant, count); }

  /// The ledger has one more event of an open job: to be said before `begun` and `committed`.
  change written(const job_key& key, ledger::event_kind kind, moment now);
  void begun(const begin& what, ledger::outcome outcome, moment now);
  void committed(const record& what, ledger::outcome outcome, moment now);
  void ended(const attempt_ended& what, moment now);
  /// The source of a running job has answered, and is so long (0: not known).
  void source_reached(const job_key& key, std::uint32_t media_s);
  /// What `look_up` has found; `unknown` when there is no such job.
  void known(const job_key& key, ledger::job_state state);

  /// False when the job is not open. Otherwise the ticket is answered sooner or later.
  bool order(ticket whose, const job_key& key, const desk::job_order& what, moment now);
  /// May there be a queue of this name?
  [[nodiscard]] desk::verdict check_queue(const std::string& queue) const {
    return tallies_.check_queue(queue);
  }
  void set_queue(const std::string& queue, const queue_terms& terms);
  [[nodiscard]] queue_terms terms_of(const std::string& queue) const;
  /// While a stage is paused the time limits of jobs stand still: they are for the work.
  void stages_paused(bool any, moment now);
  void set_tenant(const std::string& tenant, const tenant_terms& terms);
  /// Jobs that wait behind the breaker of this source host may go.
  void reset_source(const std::string& host) { gate_.reset(host); }
  /// While the ledger is away nothing begins.
  void ledger_away(bool away) noexcept { ledger_away_ = away; }
  /// Nothing begins any more, and what runs stops in good order.
  void drain();

  effects decide(moment now);
  /// Milliseconds until `decide` is worth asking again though nothing happens; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> wake_in_ms(moment now) const;

  [[nodiscard]] std::size_t open() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }
  [[nodiscard]] bool is_loaded() const noexcept { return loaded_; }
  [[nodiscard]] const entry* find(const job_key& key) const;
  [[nodiscard]] const tallies& counts() const noexcept { return tallies_; }
  [[nodiscard]] std::vector<desk::queue_view> queues(std::int64_t now_unix_ms) const;
  /// Those that have open jobs: how many wait and run.
  [[nodiscard]] std::vector<desk::tenant_view> tenants() const { return tallies_.tenants(); }
  [[nodiscard]] std::vector<source_breaker_view> breakers() const { return gate_.views(); }

private:
  enum class stop : std::uint8_t { none, soft, hard, cancel, drain };
  struct attempt {
    std::uint32_t number = 0;
    std::int64_t begun_ms = 0; ///< steady
    std::int64_t soft_ms = 0;  ///< steady; 0: none
    std::int64_t hard_ms = 0;
    std::int64_t force_ms = 0; ///< when stopping in good order has taken too long
    stop why = stop::none;
    std::string cause; ///< of a cancel
    std::vector<ticket> tickets;
  };
  using due_set = std::set<std::pair<std::int64_t, entry*>>;

  struct said_in_spec {
    std::string spec;
    bool noop = false;
    std::int64_t attempts = 0, soft_limit_s = 0, hard_limit_s = 0;
    dispatch::urgency urgency = dispatch::urgency::batch;
  };

  entry* at(const job_key& key);
  void move_to(entry& one, phase where);
  void place(entry& one, phase where);
  void forget(entry& one);
  const said_in_spec& said_in(const std::string& spec);
  void read_spec(entry& one, const std::string& spec);
  void read_dependencies(entry& one, const ledger::job& what);
  void dependants_follow(const job_key& key, bool succeeded, const std::string& cause);

  void write(entry& one, record what);
  void move_on(entry& one, const record& what, ledger::outcome outcome);
  void set_priority(entry& one, const std::string& priority);
  void answer_all(const std::vector<ticket>& tickets, ledger::outcome outcome);
  void conclude(entry& one, ledger::event_kind kind, std::string cause, std::string detail,
                std::vector<ticket> tickets = {});
  void fail_or_retry(entry& one, const fault& why, bool counts, moment now);
  void heed_source_host(entry& one, const attempt_ended& what, moment now);
  [[nodiscard]] std::uint32_t running_early() const;
  bool extend_limits(entry& one, attempt& runs, moment now);
  void stop_running(entry& one, attempt& runs, stop why, moment now);
  bool cancel(ticket whose, entry& one, const desk::job_order& what, moment now);
  bool retry(ticket whose, entry& one, const desk::job_order& what);

  void fire_timers(moment now);
  void fire_limits(moment now);
  void set_limit_timer(const job_key& key, attempt& runs, bool on);
  void start_what_may(moment now);

  /// What a spec says of attempts and limits; most jobs have the spec of the one before.
  rule_terms terms_;
  said_in_spec last_;
  std::minstd_rand chance_;
  std::unordered_map<job_key, entry> entries_;
  std::unordered_map<job_key, attempt> running_;
  std::unordered_map<job_key, std::vector<job_key>> dependants_;
  /// Orders that wait until what is being committed is.
  std::unordered_map<job_key, std::vector<std::pair<ticket, desk::job_order>>> postponed_;
  backlog backlog_;
  source_gate gate_;
  upload_gate uploads_;
  tallies tallies_;
  due_set scheduled_; ///< calendar
  due_set retrying_;  ///< steady clock
  std::set<std::pair<std::int64_t, job_key>> limits_;
  std::optional<std::int64_t> held_since_ms_; ///< steady: since when limits stand still
  std::uint64_t arrivals_ = 0;
  bool loaded_ = false;
  bool ledger_away_ = false;
  bool draining_ = false;
  bool more_ = false; ///< the last `decide` stopped before it was through
  effects out_;
};

} // namespace vdoc::queue
