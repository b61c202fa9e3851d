#pragma once

#include "actors/queue/entry.hpp"
#include "cluster/resources/start_gate.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace vdoc::queue {

using queue_terms = resources::start_terms;

/// Names as small numbers, from 1: a million jobs share a few queues and tenants.
class names {
public:
  std::uint32_t number_of(std::string_view name);
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
  [[nodiscard]] const std::string& name_of(std::uint32_t number) const {
    return all_.at(number - 1);
  }
  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(all_.size());
  }

private:
  std::vector<std::string> all_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

/// The jobs that could start, and which of them is next:
///
/// - of the queues that may start one (not paused, below their concurrency and rate),
/// - live before interactive before batch, then the highest priority,
/// - of the tenants there that may have one more running, the one with the fewest running, then the
///   one that was served longest ago,
/// - of that tenant the job that came first.
///
/// A step costs O(queues + log jobs). Entries are the caller's, and stay where they are.
class backlog {
public:
  void set_queue(std::uint32_t queue, const queue_terms& terms);
  [[nodiscard]] queue_terms terms_of(std::uint32_t queue) const;
  /// How many jobs a tenant may have running; 0: no limit.
  void set_most_running(std::uint32_t tenant, std::uint32_t most);

  void put(entry& one);
  void take_out(entry& one); ///< it is there
  /// Takes out whose turn it is; null when nobody may start. So many jobs may run at a time, those
  /// that are less urgent not counted: who is urgent does not wait for their ends.
  entry* take_next(std::int64_t steady_ms, std::uint32_t most_running);
  /// Milliseconds until a rate limit lets somebody go; nothing when none holds anybody up.
  [[nodiscard]] std::optional<std::int64_t> wait_ms(std::int64_t steady_ms) const;

  /// A job counts as running from here ...
  void began(const entry& one, std::int64_t steady_ms);
  /// ... to here, whether it was taken out of this backlog or not.
  void over(const entry& one);

  [[nodiscard]] std::uint32_t running() const noexcept;
  /// Of that urgency, and those that are more urgent.
  [[nodiscard]] std::uint32_t running_as_urgent(dispatch::urgency as) const;
  [[nodiscard]] std::uint32_t running_of_queue(std::uint32_t queue) const;
  [[nodiscard]] std::uint32_t running_of_tenant(std::uint32_t tenant) const;
  /// When the oldest that waits here was submitted; nothing when none waits.
  [[nodiscard]] std::optional<std::int64_t> oldest_unix_ms(std::uint32_t queue) const;

private:
  /// Whose turn it is: fewest running, served longest ago, number of the tenant.
  using turn = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>;
  using rank = std::pair<dispatch::urgency, std::int32_t>; ///< and the priority, turned round
  struct level {
    std::map<std::uint32_t, std::set<std::pair<std::uint64_t, entry*>>> lines; ///< by tenant
    std::set<turn> turns; ///< of tenants that may have one more running
  };
  struct one_queue {
    resources::start_gate gate;
    std::map<rank, level> levels;
  };
  struct one_tenant {
    std::uint32_t most = 0;
    std::uint32_t running = 0;
    std::uint64_t served = 0;
    std::set<level*> waits_in;
    [[nodiscard]] bool may_run() const noexcept { return most == 0 || running < most; }
  };

  [[nodiscard]] static rank rank_of(const entry& one) noexcept {
    return {one.urgency, -one.priority};
  }
  [[nodiscard]] turn turn_of(std::uint32_t tenant) const;
  /// Changes a tenant; its turns follow.
  template <class Change> void change(std::uint32_t tenant, Change how);

  std::map<std::uint32_t, one_queue> queues_;
  std::unordered_map<std::uint32_t, one_tenant> tenants_;
  std::array<std::uint32_t, dispatch::urgency_count> running_{}; ///< by urgency
  std::uint64_t tick_ = 0;
};

} // namespace vdoc::queue
