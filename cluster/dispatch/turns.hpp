#pragma once

#include "cluster/dispatch/free_hosts.hpp"
#include "cluster/dispatch/seats.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace vdoc::dispatch {

/// The tasks that wait for one kind of slot, and whose turn it is (see slot_rules). A step costs
/// O(lines + log tasks).
class turns {
public:
  explicit turns(std::size_t slot) : free{slot} {}

  free_hosts free;

  void set_share(const std::string& tenant, std::uint32_t share);
  /// How many slots there are to share.
  void set_slots(std::uint64_t slots) noexcept { slots_ = slots; }

  [[nodiscard]] bool none_waits() const noexcept { return waiting_ == 0; }
  /// Takes a task in; `what` says of it what the row does not.
  void put(task_row& row, const task& what);
  void take_out(task_row& row); ///< it waits
  void began(task_row& row, std::int64_t now_ms);
  void over(task_row& row, std::int64_t now_ms);
  /// The task is of no more concern: after take_out or over.
  void forget(task_row& row);

  /// Something open at a host counts as a use of its job.
  void keep(affinity_row& open) { ++open.of->uses; }
  void let_go(affinity_row& open) { release(*open.of); }

  /// The seat whose turn it is among the stages that `is_open` lets go and for which a host is
  /// free; null: there is none.
  [[nodiscard]] job_seat* next(const std::function<bool(stage)>& is_open) const;
  [[nodiscard]] const job_row* find(const std::string& job) const;

private:
  /// What the tasks of a line have in common: stage, needs, node that they avoid.
  using line_key = std::tuple<stage, std::vector<std::string>, std::optional<std::string>>;
  line_row& line_of(line_key key);
  job_row& job_of(const task& what);
  void release(job_row& job);
  /// More or fewer tasks wait that have this in common.
  void await(affinity_row& what, std::int32_t more);
  [[nodiscard]] bool entitled(const tenant_seat& it) const;
  [[nodiscard]] bool before(const job_seat& a, const job_seat& b) const;
  [[nodiscard]] tenant_seat* first(const level_row& level) const;
  void leave(tenant_row& tenant);
  template <class Change> void change(tenant_row& tenant, Change how);
  template <class Change> void change(job_row& job, Change how);

  std::map<std::string, std::uint32_t> shares_;
  std::map<std::string, tenant_row> tenants_;
  std::map<std::string, job_row> jobs_;
  std::map<line_key, line_row> lines_;
  std::set<std::pair<double, tenant_row*>> active_; ///< waiting or running, by use
  std::uint64_t active_shares_ = 0;
  std::uint64_t slots_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t tick_ = 0;
  std::uint64_t jobs_ever_ = 0;
  std::uint32_t tenants_ever_ = 0;
  double usual_ms_ = 1000; ///< what a task takes of which nothing is known
};

} // namespace vdoc::dispatch
