#include "cluster/dispatch/host_loads.hpp"
#include "cluster/dispatch/rows.hpp"
#include "cluster/dispatch/seats.hpp"
#include "cluster/dispatch/slot_rules.hpp"
#include "cluster/dispatch/turns.hpp"

#include <algorithm>
#include <set>

/// What operators see of media hosts.
namespace vdoc::dispatch {

host_loads slot_rules::loads() const {
  host_loads seen;
  std::set<std::string> running, nodes;
  for (const auto& [name, host] : hosts_) {
    nodes.insert(host->at->name);
    auto& one = seen.hosts.emplace_back(host_load{name,
                                                  host->at->name,
                                                  !host->draining && host->at->is == opening::all,
                                                  costs_.slowness(host->at->name),
                                                  host->capacity,
                                                  host->taken,
                                                  {}});
    for (const auto* task : host->holds) {
      running.insert(task->of->name);
      const auto expected = task->work == nullptr
                                ? std::nullopt
                                : costs_.expect(*task->work, host->at->name, task->units);
      one.tasks.push_back({task->id, task->of->name, task->kind, now_ms_ - task->since_ms,
                           static_cast<std::int64_t>(expected.value_or(0)),
                           task->twins == twinning::is_one});
    }
    std::ranges::sort(one.tasks, {}, &running_task::id);
  }
  for (const auto& job : running)
    if (const auto left = ends_in_ms(job))
      seen.jobs.push_back({job, *left});
  for (const auto& line : costs_.lines())
    if (!line.work.empty() && (line.node.empty() || nodes.contains(line.node)))
      seen.costs.push_back({line.work, line.node,
                            costs_.expect(line.work, line.node, 1).value_or(0), line.last.size()});
  return seen;
}

} // namespace vdoc::dispatch
