#include "net/zmq/verbs.hpp"

#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"
#include "net/zmq/admin_verbs.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace vdoc::net {

namespace {

using namespace over_zmq;
using desk::refusal;
using desk::verdict;

constexpr std::size_t most_in_a_batch = 1'000;

/// Ids are ours or checked: they need no escapes.
std::string admitted(const desk::admission& how) {
  return R"({"id":")" + how.job_id + R"(","known":)" + (how.known_already ? "true" : "false") + "}";
}

void submit(const errand& it) {
  auto job = desk::parse_job(it.what.body, it.who);
  if (!job.how.ok())
    return refuse(it.answer, job.how);
  std::vector<ledger::job> jobs;
  jobs.push_back(std::move(job.what));
  it.to.submit(it.who, std::move(jobs),
               [answer = it.answer](const std::vector<desk::admission>& each) {
                 const auto& how = each.at(0);
                 if (how.how.ok())
                   answer("OK", admitted(how));
                 else
                   refuse(answer, how.how);
               });
}

std::string batch_body(const std::vector<verdict>& parsed,
                       const std::vector<desk::admission>& each) {
  std::size_t next = 0;
  return R"({"jobs":)" +
         joined(parsed,
                [&](const verdict& how) {
                  if (!how.ok())
                    return desk::to_json(how);
                  const auto& admission = each.at(next++);
                  return admission.how.ok() ? admitted(admission) : desk::to_json(admission.how);
                }) +
         "}";
}

void submit_batch(const errand& it) {
  auto batch = desk::parse_batch(it.what.body, it.who, most_in_a_batch);
  if (!batch.how.ok())
    return refuse(it.answer, batch.how);
  std::vector<ledger::job> jobs;
  std::vector<verdict> parsed;
  for (auto& one : batch.jobs) {
    parsed.push_back(one.how);
    if (one.how.ok())
      jobs.push_back(std::move(one.what));
  }
  if (jobs.empty())
    return it.answer("OK", batch_body(parsed, {}));
  it.to.submit(it.who, std::move(jobs),
               [answer = it.answer, parsed](const std::vector<desk::admission>& each) {
                 answer("OK", batch_body(parsed, each));
               });
}

void status(const errand& it) {
  const auto which = desk::parse_reference(it.what.body);
  if (!which.how.ok())
    return refuse(it.answer, which.how);
  it.to.find(it.who, which.id, [answer = it.answer](const desk::job_views& found) {
    if (found.how.ok())
      answer("OK", desk::to_json(found.jobs.at(0)));
    else
      refuse(answer, found.how);
  });
}

void history(const errand& it) {
  const auto which = desk::parse_reference(it.what.body);
  if (!which.how.ok())
    return refuse(it.answer, which.how);
  it.to.history(it.who, which.id, [answer = it.answer](const desk::job_history& past) {
    if (!past.how.ok())
      return refuse(answer, past.how);
    answer("OK", R"({"events":)" +
                     joined(past.events, [](const auto& one) { return desk::to_json(one); }) + "}");
  });
}

void list(const errand& it) {
  const auto filter = desk::parse_filter(it.what.body);
  if (!filter.how.ok())
    return refuse(it.answer, filter.how);
  it.to.list(it.who, filter.which, filter.cursor, filter.most,
             [answer = it.answer](const desk::job_views& page) {
               if (!page.how.ok())
                 return refuse(answer, page.how);
               answer("OK", R"({"jobs":)" + joined(page.jobs) + R"(,"next":")" + page.next + "\"}");
             });
}

void order(const errand& it, desk::job_action what) {
  auto asked = desk::parse_job_order(it.what.body, what);
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  it.to.order(it.who, asked.id, std::move(asked.what),
              [answer = it.answer, id = asked.id](const verdict& how) {
                if (how.ok())
                  answer("OK", R"({"id":")" + id + "\"}");
                else
                  refuse(answer, how);
              });
}
void cancel(const errand& it) {
  order(it, desk::job_action::cancel);
}
void retry(const errand& it) {
  order(it, desk::job_action::retry);
}

void reprioritise(const errand& it) {
  order(it, desk::job_action::reprioritise);
}

void schedules(const errand& it) {
  it.to.schedules(it.who, [answer = it.answer](const desk::schedule_views& seen) {
    if (!seen.how.ok())
      return refuse(answer, seen.how);
    answer("OK", R"({"schedules":)" + joined(seen.all) + "}");
  });
}

void schedule(const errand& it) {
  auto parsed = desk::parse_schedule(it.what.body, it.who);
  if (!parsed.how.ok())
    return refuse(it.answer, parsed.how);
  auto then = named(it.answer, parsed.what.name);
  it.to.put_schedule(it.who, std::move(parsed.what), std::move(then));
}

void unschedule(const errand& it) {
  const auto which = desk::parse_name(it.what.body, it.who);
  if (!which.how.ok())
    return refuse(it.answer, which.how);
  it.to.remove_schedule(it.who, which.tenant, which.name, named(it.answer, which.name));
}

/// Whether the node that was asked leads.
bool leads(const desk::overview& now) {
  return std::ranges::any_of(now.nodes, [](const auto& one) { return one.asked && one.leads; });
}

void ping(const errand& it) {
  it.to.look([answer = it.answer, who = it.who](const desk::overview& now) {
    nlohmann::ordered_json body{{"protocol", protocol_version},
                                {"ready", now.ready},
                                {"trouble", now.trouble},
                                {"open", now.open},
                                {"running", now.running},
                                {"leads", leads(now)},
                                {"queues", nlohmann::json::array()},
                                {"tenants", nlohmann::json::array()}};
    for (const auto& one : now.queues)
      body["queues"].push_back(nlohmann::ordered_json::parse(to_json(one)));
    for (const auto& one : desk::seen_by(who, now.tenants))
      body["tenants"].push_back(nlohmann::ordered_json::parse(to_json(one)));
    answer("OK", body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  });
}

void change_queue(const errand& it) {
  auto asked = desk::parse_queue_order(it.what.body);
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  auto then = named(it.answer, asked.name);
  it.to.set_queue(it.who, asked.name, asked.what, std::move(then));
}

void change_tenant(const errand& it) {
  auto asked = desk::parse_tenant_order(it.what.body);
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  auto then = named(it.answer, asked.name);
  it.to.set_tenant(it.who, asked.name, std::move(asked.what), std::move(then));
}

struct verb {
  std::string_view name;
  void (*carry_out)(const errand&);
};
constexpr std::array verbs{verb{"PING", ping},
                           verb{"CLUSTER", cluster},
                           verb{"SUBMIT", submit},
                           verb{"SUBMIT-BATCH", submit_batch},
                           verb{"STATUS", status},
                           verb{"HISTORY", history},
                           verb{"LIST", list},
                           verb{"CANCEL", cancel},
                           verb{"RETRY", retry},
                           verb{"REPRIORITISE", reprioritise},
                           verb{"QUEUE", change_queue},
                           verb{"TENANT", change_tenant},
                           verb{"SCHEDULES", schedules},
                           verb{"SCHEDULE", schedule},
                           verb{"UNSCHEDULE", unschedule},
                           verb{"KEY-CREATE", create_key},
                           verb{"KEY-LIST", list_keys},
                           verb{"KEY-REVOKE", revoke_key}};

} // namespace

void refuse(const answerer& answer, const verdict& how) {
  answer(desk::to_string(how.why), desk::to_json(how));
}

void carry(const request& what, const offices& to, const desk::caller& who, answerer answer) {
  const errand it{what, to.desk, to.keys, to.poison, who, std::move(answer)};
  if (what.protocol != protocol_name)
    return refuse(it.answer, {refusal::bad_request, "this service speaks VDOC1", "", 0});
  for (const auto& one : verbs)
    if (one.name == what.verb)
      return one.carry_out(it);
  refuse(it.answer, {refusal::bad_request, "there is no such verb", "see docs/protocol.md", 0});
}

} // namespace vdoc::net
