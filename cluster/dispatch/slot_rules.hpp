#pragma once

#include "cluster/dispatch/host_loss.hpp"
#include "cluster/dispatch/stage.hpp"
#include "cluster/dispatch/stage_view.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::dispatch {

/// A piece of work that waits for a slot.
struct task {
  std::string id;
  std::string job;
  stage kind = stage::transcode;
  std::int32_t priority = 0; ///< higher first, over all jobs
  std::uint32_t index = 0;   ///< lower first, inside (priority, job)
  std::string affinity;      ///< may be empty
};

struct slot_given {
  std::string task;
  std::string host;
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

/// Matches tasks with free slots: DISPATCH's rules. Never gives a host more than its slots.
///
/// - Higher priority first. Among jobs of equal priority the one that holds the fewest of these
///   slots, then the one that was served longest ago. Inside a job the lowest index, then the
///   oldest.
/// - A task with an affinity prefers a free host whose last task of that slot had the same one, and
///   such a host prefers such a task of the job whose turn it is over the lowest index: its decoder
///   stands at the right place. Nothing ever waits for a host that is busy.
/// - Otherwise the host with the fewest tasks gets it, first one whose decoder nobody waits for.
/// - A stage that is paused, has as many tasks as it may, or has begun as many as its rate allows
///   gives its turn to the other stages of the slot; its tasks keep their places.
///
/// Every event returns its effects in the order in which they are to be carried out.
class slot_rules {
public:
  /// The time of what is told next, of a clock that never steps.
  void it_is(std::int64_t now_ms) noexcept { now_ms_ = now_ms; }

  effects want(task wanted);
  /// The task is over. Nothing happens when it is unknown.
  effects free(const std::string& task_id) { return withdraw({task_id}); }
  /// These tasks are wanted no more, whether they wait or hold a slot.
  effects withdraw(const std::vector<std::string>& task_ids);

  /// A host that was up already is taken as lost before it is up again.
  effects host_up(const std::string& host, const slots& capacity);
  effects host_down(const std::string& host, const host_loss& loss);
  effects host_drains(const std::string& host);

  effects set_stage(stage kind, const resources::start_terms& terms);
  /// Gives what a rate has held up until now.
  effects go_on() { return match(); }
  /// Milliseconds until `go_on` is worth calling though nothing happens; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> wake_in_ms() const;
  /// All of them, in the order of `stage`.
  [[nodiscard]] std::vector<stage_view> stages() const;

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::size_t granted() const noexcept { return granted_.size(); }
  [[nodiscard]] std::size_t hosts() const noexcept { return hosts_.size(); }
  /// Whether a drained host has nothing left to do.
  [[nodiscard]] bool idle(const std::string& host) const;
  [[nodiscard]] std::uint32_t slots_of(slot which) const;

private:
  struct waiting_task {
    task what;
    std::uint64_t arrival = 0;
    std::int64_t since_ms = 0;
  };
  struct granted_task {
    std::string job;
    std::string host;
    stage kind = stage::transcode;
  };
  struct host {
    slots capacity;
    bool draining = false;
    std::array<std::uint32_t, slot_count> taken{};
    std::array<std::string, slot_count> open; ///< job and affinity of the last task
  };
  using waiting_at = std::vector<waiting_task>::iterator;
  using hosts_at = std::map<std::string, host>::iterator;

  effects match();
  bool match_one(slot where, effects& out);
  [[nodiscard]] bool turn_before(slot where, const waiting_task& a, const waiting_task& b) const;
  hosts_at best_host(slot where, const std::string& key);
  [[nodiscard]] bool may_go(slot where, const waiting_task& it) const;
  void give(waiting_at it, hosts_at to, effects& out);
  [[nodiscard]] std::size_t held(const std::string& job, slot where) const;
  resources::start_gate& gate_of(stage kind) { return gates_[static_cast<std::size_t>(kind)]; }
  static bool has_room(const host& it, slot where);
  static std::string key_of(const task& it);

  std::vector<waiting_task> waiting_; ///< the oldest first
  std::map<std::string, granted_task> granted_;
  std::map<std::string, host> hosts_;
  std::map<std::string, std::uint64_t> served_; ///< per job: when it got something last
  std::array<resources::start_gate, stage_count> gates_;
  std::uint64_t tick_ = 0;
  std::int64_t now_ms_ = 0;
};

} // namespace vdoc::dispatch
