#pragma once

#include "cluster/desk/caller.hpp"
#include "cluster/desk/cluster_views.hpp"
#include "cluster/desk/node_view.hpp"
#include "cluster/desk/tenant_limits.hpp"
#include "cluster/desk/verdict.hpp"
#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::desk {

/// Those that any part of the service may have to give: again in a second.
verdict ledger_away(const std::string& trouble);
verdict part_is_gone();
verdict uploads_are_looked_through();
/// Only the leader can do that.
verdict ask_leader(node_doors leader);
struct overview;
/// The same, unless it is the leader, or a service without nodes, that tells this.
verdict only_of_leader(const overview& seen);

/// What became of one submitted job.
struct admission {
  verdict how;
  std::string job_id;
  bool known_already = false; ///< the idempotency key was seen before: `job_id` is the first job's
};

/// One job with what only the service knows about it.
struct job_view {
  ledger::job_record record;
  double progress = 0;          ///< 0 to 1 of the running attempt
  std::int64_t eta_unix_ms = 0; ///< predicted end; 0: not known
  std::string stage;            ///< in words, while it runs
  std::string folder;           ///< of its artefacts, on this machine
};

struct job_views {
  verdict how;
  std::vector<job_view> jobs;
  std::string next; ///< cursor
};

/// What a job went through, the oldest first.
struct job_history {
  verdict how;
  std::vector<ledger::event> events;
};

/// A queue as an operator sees it.
struct queue_view {
  std::string name;
  bool paused = false;
  std::uint32_t concurrency = 0;    ///< jobs at a time; 0: no limit of its own
  std::uint32_t starts_per_min = 0; ///< rate limit; 0: none
  std::uint64_t waiting = 0;        ///< queued and retrying
  std::uint64_t running = 0;
  std::uint64_t scheduled = 0;
  std::int64_t oldest_age_ms = 0; ///< of the job that waits longest
  /// Media time of the open jobs. One that nobody has opened yet counts as much as those of its
  /// queue did of late; before the first one was, nothing.
  std::int64_t backlog_media_ms = 0;
  friend bool operator==(const queue_view&, const queue_view&) = default;
};

/// What can be done to jobs that are there.
enum class job_action : std::uint8_t { cancel, retry, reprioritise };
struct job_order {
  job_action what = job_action::cancel;
  std::int32_t priority = 0; ///< reprioritise
  std::string spec;          ///< retry: another spec, or empty
  std::string cause;         ///< for the history: who and why
};

/// A schedule submits a job like `what` whenever `cron` says so.
struct schedule {
  std::string name; ///< unique in the tenant
  std::string cron; ///< five fields as in crontab(5), UTC
  ledger::job what; ///< without an id; its idempotency key is made of the name and the time
  bool paused = false;
  std::int64_t next_unix_ms = 0; ///< filled in by the desk, as is
  std::int64_t last_unix_ms = 0; ///< the time for which it last submitted; 0: none yet
};
struct schedule_views {
  verdict how;
  std::vector<schedule> all;
};

/// What an operator changes of a queue; what is not said stays as it is. Survives a restart.
struct queue_change {
  std::optional<bool> paused;
  std::optional<std::uint32_t> concurrency;    ///< jobs at a time; 0: no limit of its own
  std::optional<std::uint32_t> starts_per_min; ///< 0: no limit
};

/// What an operator orders of a node of the cluster. It holds whoever leads.
enum class node_action : std::uint8_t {
  cordon,   ///< it gets nothing new, and keeps what it has
  uncordon, ///< takes back cordon, drain and quarantine
  drain,    ///< it gets nothing new, finishes what it has, or hands it over, and its process ends
};
struct node_change {
  node_action what = node_action::cordon;
  std::string node;
  std::string cause; ///< for people; may be empty
};

/// What a tenant has, and may have.
struct tenant_view {
  std::string name;
  std::uint64_t results_bytes = 0; ///< of jobs that have ended
  std::uint64_t uploads_bytes = 0; ///< as long as they are going to be, where that is known
  std::uint64_t waiting = 0;       ///< jobs
  std::uint64_t running = 0;
  tenant_limits limits = {};
  own_limits own = {}; ///< those of them that are set for it alone
  friend bool operator==(const tenant_view&, const tenant_view&) = default;
};

/// How the service is.
struct overview {
  bool ready = false;  ///< open jobs are known, and the ledger is there
  std::string trouble; ///< why not, in words
  std::uint64_t open = 0;
  std::uint64_t running = 0;
  std::vector<queue_view> queues;
  /// Those that have open jobs, anything stored, or limits of their own; callers see their own.
  std::vector<tenant_view> tenants = {};
  std::vector<node_view> nodes = {}; ///< of the cluster, by name
};

template <class T> using then = std::function<void(T)>;

/// The port through which gateways ask the service for anything. Any thread; never blocks. Every
/// call is answered exactly once, within ten seconds, on a thread of the service: the answer must
/// not block. What changes something is answered after its commit. The desk checks the caller's
/// role and tenant, and limits.
class desk {
public:
  virtual ~desk() = default;

  /// One admission for each job, in order; those that are refused leave the others alone.
  virtual void submit(const caller& who, std::vector<ledger::job> jobs,
                      then<std::vector<admission>> answer) = 0;
  virtual void find(const caller& who, const std::string& job_id, then<job_views> answer) = 0;
  virtual void history(const caller& who, const std::string& job_id, then<job_history> answer) = 0;
  /// The newest first; `cursor` is the `next` of the page before, or empty.
  virtual void list(const caller& who, ledger::job_filter which, const std::string& cursor,
                    std::uint32_t most, then<job_views> answer) = 0;
  virtual void order(const caller& who, const std::string& job_id, job_order what,
                     then<verdict> answer) = 0;
  virtual void set_queue(const caller& who, const std::string& queue, queue_change what,
                         then<verdict> answer) = 0;
  /// Holds at once, and survives a restart. What is over a limit then stays: only nothing is added.
  virtual void set_tenant(const caller& who, const std::string& tenant, tenant_change what,
                          then<verdict> answer) = 0;
  /// Of a drain it is answered when it is ordered, not when it is over.
  virtual void order_node(const caller& who, node_change what, then<verdict> answer) = 0;
  virtual void look(then<overview> answer) = 0;
  /// The nodes of the cluster, by name; of one that leads with what runs on them.
  virtual void look_at_nodes(then<std::vector<node_view>> answer) = 0;
  /// Of the node that is asked. For callers who see all tenants.
  virtual void look_at_tree(const caller& who, then<tree_view> answer) = 0;
  /// Of the node that leads. For callers who see all tenants: they name others' sources.
  virtual void look_at_breakers(const caller& who, then<breaker_views> answer) = 0;
  /// For operators of all tenants. That of the ledger closes by itself only.
  virtual void reset_breaker(const caller& who, breaker_reset what, then<verdict> answer) = 0;
  /// Of the node that leads, for callers who see all tenants: they name others' jobs.
  virtual void look_at_hosts(const caller& who, then<host_views> answer) = 0;

  /// Those of the tenants that the caller sees, by tenant and name.
  virtual void schedules(const caller& who, then<schedule_views> answer) = 0;
  /// New, or in place of the one of that name in the tenant of its job.
  virtual void put_schedule(const caller& who, schedule what, then<verdict> answer) = 0;
  virtual void remove_schedule(const caller& who, const std::string& tenant,
                               const std::string& name, then<verdict> answer) = 0;
};

} // namespace vdoc::desk
