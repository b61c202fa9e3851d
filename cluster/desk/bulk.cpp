#include "cluster/desk/bulk.hpp"

#include <memory>
#include <mutex>

namespace vdoc::desk {

namespace {

/// Gathers the verdicts; the last one to let go of it has the answer given.
class tally {
public:
  tally(bool more, then<bulk_result> answer) : answer_{std::move(answer)} { sum_.more = more; }
  tally(const tally&) = delete;
  tally& operator=(const tally&) = delete;
  ~tally() { answer_(std::move(sum_)); }

  void add(const std::string& job_id, verdict how) {
    const std::scoped_lock lock{mutex_};
    if (how.ok())
      ++sum_.done;
    else
      sum_.refused.emplace_back(job_id, std::move(how));
  }

private:
  std::mutex mutex_;
  bulk_result sum_;
  then<bulk_result> answer_;
};

} // namespace

void order_all(desk& of, const caller& who, ledger::job_filter which, const job_order& what,
               std::uint32_t most, const hop& on_own_thread, const then<bulk_result>& answer) {
  auto* const to = &of;
  of.list(who, std::move(which), "", most, [=](const job_views& page) {
    if (!page.how.ok())
      return answer({page.how, 0, {}, false});
    on_own_thread([=] {
      const auto sum = std::make_shared<tally>(!page.next.empty(), answer);
      for (const auto& job : page.jobs) {
        const auto& id = job.record.what.id;
        to->order(who, id, what, [sum, id](verdict how) { sum->add(id, std::move(how)); });
      }
    });
  });
}

} // namespace vdoc::desk
