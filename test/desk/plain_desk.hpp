#pragma once

#include "cluster/desk/desk.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::test {

/// A desk that remembers jobs and what was asked, and nothing else. Answers at once, except for
/// `look` while the test says `hold`.
class plain_desk final : public desk::desk {
public:
  template <class T> using then = vdoc::desk::then<T>;
  using caller = vdoc::desk::caller;
  using refusal = vdoc::desk::refusal;
  using verdict = vdoc::desk::verdict;

  std::mutex mutex; ///< for what the test looks at while a gateway runs
  std::map<std::string, ledger::job> jobs;
  std::vector<std::size_t> submits; ///< jobs of each call
  std::vector<std::string> orders;  ///< "cancel id-0 because"
  ledger::job_filter listed;
  std::string cursor;
  vdoc::desk::queue_change change;
  std::vector<vdoc::desk::schedule> timetable;
  vdoc::desk::overview now{true, "", 0, 0, {}};
  std::vector<then<vdoc::desk::overview>> held;
  bool hold = false;
  std::string folder; ///< below it are the jobs' results

  void submit(const caller& who, std::vector<ledger::job> all,
              then<std::vector<vdoc::desk::admission>> answer) override;
  void find(const caller& who, const std::string& id, then<vdoc::desk::job_views> answer) override;
  void history(const caller& who, const std::string& id,
               then<vdoc::desk::job_history> answer) override;
  void list(const caller& who, ledger::job_filter which, const std::string& from,
            std::uint32_t most, then<vdoc::desk::job_views> answer) override;
  void order(const caller& who, const std::string& id, vdoc::desk::job_order what,
             then<verdict> answer) override;
  void set_queue(const caller& who, const std::string& queue, vdoc::desk::queue_change what,
                 then<verdict> answer) override;
  void set_tenant(const caller& who, const std::string& tenant, vdoc::desk::tenant_change what,
                  then<verdict> answer) override;
  void order_node(const caller& who, vdoc::desk::node_change what, then<verdict> answer) override;
  void look(then<vdoc::desk::overview> answer) override;
  void look_at_tree(const caller& who, then<vdoc::desk::tree_view> answer) override;
  void look_at_breakers(const caller& who, then<vdoc::desk::breaker_views> answer) override;
  void reset_breaker(const caller& who, vdoc::desk::breaker_reset what,
                     then<verdict> answer) override;
  void look_at_nodes(then<std::vector<vdoc::desk::node_view>> answer) override;
  void look_at_hosts(const caller& who, then<vdoc::desk::host_views> answer) override;
  void schedules(const caller& who, then<vdoc::desk::schedule_views> answer) override;
  void put_schedule(const caller& who, vdoc::desk::schedule what, then<verdict> answer) override;
  void remove_schedule(const caller& who, const std::string& tenant, const std::string& name,
                       then<verdict> answer) override;

private:
  [[nodiscard]] vdoc::desk::job_view view_of(const std::string& id) const;
};

} // namespace vdoc::test
