#pragma once

#include "cluster/dispatch/cost_book.hpp"
#include "cluster/dispatch/host_loss.hpp"
#include "cluster/dispatch/stage_view.hpp"
#include "cluster/dispatch/task.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace vdoc::dispatch {

struct host_loads;
struct host_row;
struct job_seat;
class keepers;
enum class opening : std::uint8_t;
struct place_row;
struct task_row;
class turns;

struct slot_given {
  std::string task;
  std::string host;
  std::string twin_of = {}; ///< the same work as that task, which runs elsewhere; empty: no twin
  friend bool operator==(const slot_given&, const slot_given&) = default;
};
struct slot_lost {
  std::string task;
  std::string host;
  host_loss loss;
  bool beside_heavy = false; ///< another task in a heavy slot, of whatever job, was there too
  friend bool operator==(const slot_lost&, const slot_lost&) = default;
};
using effect = std::variant<slot_given, slot_lost>;
using effects = std::vector<effect>;

/// Matches tasks with free slots, on one node or on a thousand: DISPATCH's rules. Never gives a
/// host more than its slots.
///
/// - Live before interactive before batch, then the higher priority.
/// - Among tenants of equal rank: as long as somebody has less than his share of these slots, who
///   lacks most; what is left of them, who has had the least slot time by his share. Then who was
///   served longest ago.
/// - Among jobs of a tenant the one that holds the fewest of these slots, then the one that was
///   served longest ago. Inside a job the lowest index, then the oldest.
/// - A task with an affinity prefers a free host whose last task of that slot had the same one, and
///   such a host prefers such a task of the job whose turn it is over the lowest index: its decoder
///   stands at the right place. Nothing ever waits for a host that is busy.
/// - Otherwise a host where the bytes are, unless another one is expected to be done sooner though
///   they have to be moved; otherwise the host with the fewest tasks, of those one on the fastest
///   node, first one whose decoder nobody waits for.
/// - A host that does not offer what a task needs never gets it. One on a node where the task has
///   failed gets it when no other node has hosts for it.
/// - A stage that is paused, has as many tasks as it may, or has begun as many as its rate allows
///   gives its turn to the other stages of the slot; its tasks keep their places.
/// - What a free host has done already, for a leader that is gone, it gets first (keepers.hpp).
/// - A straggler is begun a second time on a slot that nobody waits for (slot_rules_twins.cpp).
///
/// Nothing that runs is taken back for something more urgent: it has the next slot. A task costs
/// O(log tasks + log hosts), times the sets of needs that wait.
///
/// Every event returns its effects in the order in which they are to be carried out.
class slot_rules {
public:
  slot_rules();
  ~slot_rules();
  slot_rules(const slot_rules&) = delete;
  slot_rules& operator=(const slot_rules&) = delete;

  /// The time of what is told next, of a clock that never steps.
  void it_is(std::int64_t now_ms) noexcept { now_ms_ = now_ms; }
  effects want(const task& wanted);
  /// The task is over, and what it took is learned. Nothing happens when it is unknown.
  effects finish(const std::string& task_id);
  /// These tasks are wanted no more, whether they wait or hold a slot.
  effects withdraw(const std::vector<std::string>& task_ids);

  /// A host that was up already is taken as lost before it is up again.
  effects host_up(const std::string& host, const slots& capacity, const host_place& at = {});
  effects host_down(const std::string& host, const host_loss& loss);
  effects host_drains(const std::string& host);
  /// The hosts of these nodes get nothing new, whether they are up or come later, and keep what
  /// they have; those of all others get work. For as long as it is not said anew. Those of `light`
  /// nodes get what is not heavy, as long as others can do what is: what nobody could go on with is
  /// not begun.
  effects close_nodes(const std::set<std::string>& nodes, const std::set<std::string>& light = {});
  /// Hosts of light nodes get nothing, since nobody else does what is heavy.
  [[nodiscard]] bool lacks_others() const { return !light_.empty() && slots_of(slot::heavy) == 0; }

  effects set_stage(stage kind, const resources::start_terms& terms);
  /// How much of the slots a tenant may have when others want them too, next to their shares; 1
  /// unless it is set.
  void set_share(const std::string& tenant, std::uint32_t share);
  /// From here on stragglers are begun a second time, under the name of the task and "~": whoever
  /// is told of that `finish`es the one that is done first, and withdraws the other.
  void double_stragglers() noexcept { doubling_ = true; }
  /// Gives what a rate has held up until now, and twins that are due.
  effects go_on() { return match(); }
  /// Milliseconds until `go_on` is worth calling though nothing happens; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> wake_in_ms() const;
  /// All of them, in the order of `stage`.
  [[nodiscard]] std::vector<stage_view> stages() const;
  /// What hosts do, when it is expected to be over, and what was learned of costs.
  [[nodiscard]] host_loads loads() const;

  /// Milliseconds until the heavy tasks of a job that are wanted so far are over, as long as it
  /// keeps the slots that it has; nothing when it has none or their cost is not known.
  [[nodiscard]] std::optional<std::int64_t> ends_in_ms(const std::string& job) const;
  [[nodiscard]] const cost_book& costs() const noexcept { return costs_; }
  void restore_costs(const std::vector<cost_line>& kept) { costs_.restore(kept); }
  [[nodiscard]] std::size_t waiting() const noexcept { return tasks_.size() - granted_; }
  [[nodiscard]] std::size_t granted() const noexcept { return granted_; }
  [[nodiscard]] std::size_t hosts() const noexcept { return hosts_.size(); }
  /// Where a task runs; "" while it waits, or is unknown.
  [[nodiscard]] std::string host_of(const std::string& task_id) const;
  /// Whether it is a straggler's twin, which runs.
  [[nodiscard]] bool is_twin(const std::string& task_id) const;
  /// Whether hosts of other nodes can do all that those of this one can.
  [[nodiscard]] bool others_can_do_work_of(const std::string& node) const;
  /// Whether some host that gets work can do this, on another node than the one it avoids.
  [[nodiscard]] bool may_run_elsewhere(const task& what) const;
  /// Whether a drained host has nothing left to do.
  [[nodiscard]] bool idle(const std::string& host) const;
  [[nodiscard]] std::uint32_t slots_of(slot which) const;

private:
  struct waiting_list {
    task_row* oldest = nullptr;
    task_row* youngest = nullptr;
    std::uint32_t count = 0;
  };
  using tasks_at = std::unordered_map<std::string_view, std::unique_ptr<task_row>>::iterator;

  effects match();
  /// Tasks that avoid the only node that is left for them avoid it no more.
  effects relax();
  bool match_one(std::size_t slot, effects& out);
  void give(task_row& task, host_row& to, effects& out);
  /// Whatever it was doing; its host is touched.
  void remove(tasks_at it);
  /// A task that runs no more.
  void take_back(task_row& task);
  void forget(tasks_at it);
  void enlist(task_row& task);
  void delist(task_row& task);
  void hide(host_row& host);
  void touch(host_row& host);
  void count_slots(const host_row& host, std::int32_t times);
  task_row& take_in(const task& wanted);
  void learn(const task_row& task);
  void glance_at(task_row& task, std::int64_t at_ms);
  void ignore(task_row& task);
  void give_twins(effects& out);
  void give_twin(task_row& task, host_row& to, effects& out);
  [[nodiscard]] host_row* twin_host(const task_row& task) const;
  [[nodiscard]] std::optional<std::int64_t> twin_due(const task_row& task,
                                                     const host_row& at) const;
  void learn_from_straggler(const task_row& task);
  [[nodiscard]] std::optional<std::int64_t> glance_in_ms() const;
  [[nodiscard]] opening opening_of(const std::string& node) const;
  void set_opening(place_row& place, opening to);
  /// Light nodes depend on what the others can do.
  void settle_light_nodes();
  place_row* use_place(const std::string& name);
  void drop_place(place_row* place);
  turns& of(stage kind) const { return *turns_[static_cast<std::size_t>(slot_of(kind))]; }
  resources::start_gate& gate_of(stage kind) { return gates_[static_cast<std::size_t>(kind)]; }

  std::unordered_map<std::string_view, std::unique_ptr<task_row>> tasks_; ///< by their own ids
  std::map<std::string, std::unique_ptr<host_row>> hosts_;
  std::map<std::string, std::unique_ptr<place_row>> places_;
  std::set<std::string> closed_, light_;              ///< nodes
  std::map<std::string, task, std::less<>> avoiding_; ///< tasks that wait and avoid a node, by id
  std::map<std::string, std::size_t> works_;          ///< of tasks: what they are, how many
  /// What runs and may have a twin: when to look at it, arrival.
  std::map<std::pair<std::int64_t, std::uint64_t>, task_row*> glances_;
  std::unique_ptr<keepers> keepers_;
  std::array<std::unique_ptr<turns>, slot_count> turns_;
  std::array<resources::start_gate, stage_count> gates_;
  std::array<waiting_list, stage_count> lists_;
  std::array<std::uint32_t, slot_count> all_slots_{}; ///< of hosts that get such tasks
  cost_book costs_;
  std::size_t granted_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint32_t hosts_ever_ = 0;
  std::int64_t now_ms_ = 0;
  bool doubling_ = false;
};

} // namespace vdoc::dispatch
