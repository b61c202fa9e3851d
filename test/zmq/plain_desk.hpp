#pragma once

#include "cluster/desk/desk.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::test {

/// A desk that remembers jobs and nothing else. Answers some questions late, as the test says.
class plain_desk final : public desk::desk {
public:
  std::vector<vdoc::desk::then<vdoc::desk::overview>> held;
  bool hold = false;
  std::mutex mutex;
  std::map<std::string, ledger::job> jobs;

  void submit(const vdoc::desk::caller&, std::vector<ledger::job> all,
              vdoc::desk::then<std::vector<vdoc::desk::admission>> answer) override {
    std::vector<vdoc::desk::admission> each;
    const std::scoped_lock lock{mutex};
    for (const auto& one : all) {
      if (one.source == "/busy") {
        each.push_back({{vdoc::desk::refusal::busy, "overloaded", "", 200}, "", false});
        continue;
      }
      const auto id = "id-" + std::to_string(jobs.size());
      jobs[id] = one;
      each.push_back({{}, id, false});
    }
    answer(std::move(each));
  }
  void find(const vdoc::desk::caller&, const std::string& id,
            vdoc::desk::then<vdoc::desk::job_views> answer) override {
    const std::scoped_lock lock{mutex};
    const auto found = jobs.find(id);
    if (found == jobs.end())
      return answer({{vdoc::desk::refusal::not_found, "there is no job " + id, "", 0}, {}, {}});
    vdoc::desk::job_view view;
    view.record.what = found->second;
    view.record.what.id = id;
    answer({{}, {view}, {}});
  }
  void list(const vdoc::desk::caller&, ledger::job_filter, const std::string&, std::uint32_t,
            vdoc::desk::then<vdoc::desk::job_views> answer) override {
    answer({{}, {}, ""});
  }
  void order(const vdoc::desk::caller&, const std::string&, vdoc::desk::job_order,
             vdoc::desk::then<vdoc::desk::verdict> answer) override {
    answer({});
  }
  void look(vdoc::desk::then<vdoc::desk::overview> answer) override {
    const std::scoped_lock lock{mutex};
    if (hold)
      held.push_back(std::move(answer));
    else
      answer({true, "", jobs.size(), 0, {}});
  }
};

} // namespace vdoc::test
