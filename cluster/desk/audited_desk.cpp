#include "cluster/desk/audited_desk.hpp"

#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace vdoc::desk {

namespace {

using nlohmann::json;

std::string name_of(job_action what) {
  constexpr std::array names{"cancel", "retry", "reprioritise"};
  return names.at(static_cast<std::size_t>(what));
}

std::string dump(const json& what) {
  return what.empty() ? "" : what.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string detail_of(const job_order& what) {
  json detail = json::object();
  if (what.what == job_action::reprioritise)
    detail["priority"] = what.priority;
  if (!what.cause.empty())
    detail["cause"] = what.cause;
  if (!what.spec.empty())
    detail["spec"] = json::parse(what.spec, nullptr, false);
  return dump(detail);
}

std::string detail_of(const queue_change& what) {
  json detail = json::object();
  if (what.paused)
    detail["paused"] = *what.paused;
  if (what.concurrency)
    detail["concurrency"] = *what.concurrency;
  if (what.starts_per_min)
    detail["starts_per_min"] = *what.starts_per_min;
  return dump(detail);
}

/// One line for all jobs of a call: those that are new.
void note_submits(registry& log, const caller& who, const std::vector<admission>& each) {
  json ids = json::array();
  for (const auto& one : each)
    if (one.how.ok() && !one.known_already)
      ids.push_back(one.job_id);
  if (ids.empty())
    return;
  const std::string first = ids.front();
  log.note(who, "submit", first, ids.size() > 1 ? dump({{"jobs", ids}}) : "");
}

} // namespace

void audited_desk::submit(const caller& who, std::vector<ledger::job> jobs,
                          then<std::vector<admission>> answer) {
  if (log_->tokens().empty())
    return of_.submit(who, std::move(jobs), std::move(answer));
  of_.submit(who, std::move(jobs),
             [who, log = log_, answer = std::move(answer)](std::vector<admission> each) {
               note_submits(*log, who, each);
               answer(std::move(each));
             });
}

void audited_desk::order(const caller& who, const std::string& job_id, job_order what,
                         then<verdict> answer) {
  auto detail = detail_of(what);
  auto name = name_of(what.what);
  of_.order(who, job_id, std::move(what), [=, log = log_, answer = std::move(answer)](verdict how) {
    if (how.ok())
      log->note(who, name, job_id, detail);
    answer(std::move(how));
  });
}

void audited_desk::set_queue(const caller& who, const std::string& queue, queue_change what,
                             then<verdict> answer) {
  auto detail = detail_of(what);
  of_.set_queue(who, queue, what, [=, log = log_, answer = std::move(answer)](verdict how) {
    if (how.ok())
      log->note(who, "set queue", queue, detail);
    answer(std::move(how));
  });
}

void audited_desk::put_schedule(const caller& who, schedule what, then<verdict> answer) {
  const auto name = what.what.tenant + "/" + what.name;
  const auto detail = to_json(what);
  of_.put_schedule(who, std::move(what), [=, log = log_, answer = std::move(answer)](verdict how) {
    if (how.ok())
      log->note(who, "put schedule", name, detail);
    answer(std::move(how));
  });
}

void audited_desk::remove_schedule(const caller& who, const std::string& tenant,
                                   const std::string& name, then<verdict> answer) {
  of_.remove_schedule(who, tenant, name, [=, log = log_, answer = std::move(answer)](verdict how) {
    if (how.ok())
      log->note(who, "remove schedule", tenant + "/" + name, "");
    answer(std::move(how));
  });
}

} // namespace vdoc::desk
