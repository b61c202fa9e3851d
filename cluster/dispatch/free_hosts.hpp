#pragma once

#include "cluster/dispatch/rows.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::dispatch {

/// The free hosts that offer what some tasks need.
struct host_group {
  std::vector<std::string> needs;         ///< sorted; empty: every host fits
  std::optional<std::string> not_at = {}; ///< node; any other one fits
  free_set free;
  [[nodiscard]] bool fits(const host_row& host) const;
};

/// The hosts that are free in one kind of slot, so ordered that the best is first. Listing a host
/// costs O(log hosts) for each group.
class free_hosts {
public:
  explicit free_hosts(std::size_t slot) : slot_{slot} {}

  /// Something has changed of a host; it is listed anew before the next one is chosen, so that it
  /// costs nothing where nobody waits.
  void touch(host_row& host);
  /// Lists all those anew.
  void refresh();
  /// At once: to be called before what a host has open changes, or a host goes ...
  void hide(host_row& host);
  /// ... and this after it.
  void show(host_row& host);
  /// A host that is hidden will not come back.
  void forget(host_row& host);

  /// For tasks that need this. Stays where it is until it is dropped. Costs O(hosts).
  host_group& group_of(std::vector<std::string> needs, std::optional<std::string> not_at = {});
  void drop(const host_group& group);

  /// Where that task should run; null when no free host fits. A host at the place of its bytes is
  /// taken unless another one is expected to be done with it before, moving included.
  [[nodiscard]] host_row* best(const host_group& group, const task_row& task) const;
  /// The best one that is not on this node, for a task that needs nothing special; null: there is
  /// none.
  [[nodiscard]] host_row* best_elsewhere(const place_row& than) const;
  [[nodiscard]] bool none() const noexcept { return groups_.front().free.empty(); }
  /// False: there is none, `refresh` would not change that.
  [[nodiscard]] bool may_have_some() const noexcept { return !none() || !touched_.empty(); }

private:
  std::size_t slot_;
  std::list<host_group> groups_{1}; ///< the first is for all
  std::vector<host_row*> touched_;
};

/// Steps of 5 %: so that a host changes its rank only when it matters.
std::int32_t slowness_step(double slowness);
double slowness_of(std::int32_t step);

} // namespace vdoc::dispatch
