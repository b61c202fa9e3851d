#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/desk/registry.hpp"

#include <memory>

namespace vdoc::desk {

/// A desk that has everything that was changed through it put into the audit log, once it is done:
/// orders and changes of queues always, submits when there are tokens (without any, all are the
/// same caller's, and the jobs themselves say when they came). Both outlive it.
class audited_desk final : public desk {
public:
  audited_desk(desk& of, std::shared_ptr<registry> log) : of_{of}, log_{std::move(log)} {}

  void submit(const caller& who, std::vector<ledger::job> jobs,
              then<std::vector<admission>> answer) override;
  void find(const caller& who, const std::string& job_id, then<job_views> answer) override {
    of_.find(who, job_id, std::move(answer));
  }
  void history(const caller& who, const std::string& job_id, then<job_history> answer) override {
    of_.history(who, job_id, std::move(answer));
  }
  void list(const caller& who, ledger::job_filter which, const std::string& cursor,
            std::uint32_t most, then<job_views> answer) override {
    of_.list(who, std::move(which), cursor, most, std::move(answer));
  }
  void order(const caller& who, const std::string& job_id, job_order what,
             then<verdict> answer) override;
  void set_queue(const caller& who, const std::string& queue, queue_change what,
                 then<verdict> answer) override;
  void look(then<overview> answer) override { of_.look(std::move(answer)); }
  void schedules(const caller& who, then<schedule_views> answer) override {
    of_.schedules(who, std::move(answer));
  }
  void put_schedule(const caller& who, schedule what, then<verdict> answer) override;
  void remove_schedule(const caller& who, const std::string& tenant, const std::string& name,
                       then<verdict> answer) override;

private:
  desk& of_;
  std::shared_ptr<registry> log_;
};

} // namespace vdoc::desk
