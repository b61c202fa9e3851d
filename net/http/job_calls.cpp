#include "net/http/job_calls.hpp"

#include "cluster/desk/json_list.hpp"
#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"
#include "net/http/overview_call.hpp"
#include "net/http/query.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::net {

namespace {

using desk::joined;
using desk::refusal;
using desk::verdict;

constexpr std::size_t most_in_a_batch = 1'000;
constexpr std::size_t longest_key = 255;
constexpr unsigned created = 201;
constexpr unsigned several = 207; ///< Multi-Status (RFC 4918): each says for itself

void refuse(const errand& it, const verdict& how) {
  it.answer(problem(how));
}
void refuse(const errand& it, std::string what, std::string advice = {}) {
  refuse(it, verdict{refusal::bad_request, std::move(what), std::move(advice), 0});
}

/// Ids are ours or checked: they need no escapes.
std::string admitted(const desk::admission& how) {
  return R"({"id":")" + how.job_id + R"(","known":)" + (how.known_already ? "true" : "false") + "}";
}

/// The idempotency key of the header, which may be quoted as a text of RFC 8941 is.
std::string_view key_of(const web_request& what) {
  auto key = what.idempotency_key;
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"')
    key = key.substr(1, key.size() - 2);
  return key;
}

/// What the headers say of a job that its body does not; false when they say what cannot be.
bool add_headers(const errand& it, ledger::job& job) {
  const auto key = key_of(it.what);
  const bool printable =
      std::ranges::all_of(key, [](unsigned char one) { return one >= 0x20 && one != 0x7f; });
  if (key.size() > longest_key || !printable) {
    refuse(it, "Idempotency-Key has to be a text of at most 255 bytes");
    return false;
  }
  if (!key.empty() && !job.idempotency_key.empty() && job.idempotency_key != key) {
    refuse(it, "Idempotency-Key and idempotency_key say different things", "leave one of them out");
    return false;
  }
  if (!key.empty())
    job.idempotency_key = key;
  // One that is no traceparent is to be ignored (W3C Trace Context, section 4.3).
  if (job.traceparent.empty() && desk::is_traceparent(it.what.traceparent))
    job.traceparent = it.what.traceparent;
  return true;
}

void submit_one(const errand& it) {
  auto job = desk::parse_job(it.what.body, it.who);
  if (!job.how.ok())
    return refuse(it, job.how);
  if (!add_headers(it, job.what))
    return;
  it.with.submits.add(it.who, std::move(job.what),
                      [answer = it.answer](const desk::admission& how) {
                        if (!how.how.ok())
                          return answer(problem(how.how));
                        web_answer taken{how.known_already ? 200U : created, admitted(how)};
                        taken.headers.emplace_back("Location", "/api/v1/jobs/" + how.job_id);
                        answer(std::move(taken));
                      });
}

web_answer batch_answer(const std::vector<verdict>& parsed,
                        const std::vector<desk::admission>& each) {
  std::size_t next = 0;
  bool all = true;
  auto list = joined(parsed, [&](const verdict& how) {
    const auto* admission = how.ok() ? &each.at(next++) : nullptr;
    const auto& last = admission != nullptr ? admission->how : how;
    all = all && last.ok();
    return last.ok() ? admitted(*admission) : desk::to_json(last);
  });
  return {all ? created : several, R"({"jobs":)" + std::move(list) + "}"};
}

void submit_batch(const errand& it) {
  if (!it.what.idempotency_key.empty())
    return refuse(it, "Idempotency-Key is for one job", "give idempotency_key in each job");
  auto batch = desk::parse_batch(it.what.body, it.who, most_in_a_batch);
  if (!batch.how.ok())
    return refuse(it, batch.how);
  std::vector<ledger::job> jobs;
  std::vector<verdict> parsed;
  for (auto& one : batch.jobs) {
    parsed.push_back(std::move(one.how));
    if (parsed.back().ok())
      jobs.push_back(std::move(one.what));
  }
  if (jobs.empty())
    return it.answer(batch_answer(parsed, {}));
  it.with.to.submit(
      it.who, std::move(jobs),
      [answer = it.answer, parsed = std::move(parsed)](const std::vector<desk::admission>& each) {
        answer(batch_answer(parsed, each));
      });
}

/// A batch has the one field "jobs", and a job has no such field: the first name tells.
bool is_batch(std::string_view body) {
  constexpr std::string_view space = " \t\r\n";
  const auto skip = [&](std::size_t from) {
    return std::min(body.find_first_not_of(space, from), body.size());
  };
  const auto brace = skip(0);
  return body.substr(brace, 1) == "{" && body.substr(skip(brace + 1)).starts_with("\"jobs\"");
}

void order_job(const errand& it, desk::job_action what) {
  auto order = desk::parse_order(it.what.body, what);
  if (!order.how.ok())
    return refuse(it, order.how);
  const auto& id = it.names.at(0);
  it.with.to.order(it.who, id, std::move(order.what), [answer = it.answer, id](const verdict& how) {
    answer(how.ok() ? web_answer{200, R"({"id":")" + id + "\"}"} : problem(how));
  });
}

} // namespace

void submit_jobs(const errand& it) {
  if (is_batch(it.what.body))
    submit_batch(it);
  else
    submit_one(it);
}

void list_jobs(const errand& it) {
  const auto filter = desk::parse_filter(filter_of(it.what.query));
  if (!filter.how.ok())
    return refuse(it, filter.how);
  it.with.to.list(
      it.who, filter.which, filter.cursor, filter.most,
      [answer = it.answer](const desk::job_views& page) {
        if (!page.how.ok())
          return answer(problem(page.how));
        answer({200, R"({"jobs":)" + joined(page.jobs) + R"(,"next":")" + page.next + "\"}"});
      });
}

void show_job(const errand& it) {
  it.with.to.find(it.who, it.names.at(0), [answer = it.answer](const desk::job_views& found) {
    answer(found.how.ok() ? web_answer{200, to_json(found.jobs.at(0))} : problem(found.how));
  });
}

void show_history(const errand& it) {
  it.with.to.history(it.who, it.names.at(0), [answer = it.answer](const desk::job_history& past) {
    if (!past.how.ok())
      return answer(problem(past.how));
    answer({200, R"({"events":)" + joined(past.events, [](const auto& one) {
                   return desk::to_json(one);
                 }) + "}"});
  });
}

void cancel_job(const errand& it) {
  order_job(it, desk::job_action::cancel);
}
void retry_job(const errand& it) {
  order_job(it, desk::job_action::retry);
}
void change_job(const errand& it) {
  order_job(it, desk::job_action::reprioritise);
}

void order_jobs(const errand& it) {
  auto asked = desk::parse_bulk(it.what.body);
  if (!asked.how.ok())
    return refuse(it, asked.how);
  desk::order_all(it.with.to, it.who, std::move(asked.which), asked.what, asked.most, it.with.hop,
                  [answer = it.answer](const desk::bulk_result& sum) {
                    if (!sum.how.ok())
                      return answer(problem(sum.how));
                    using nlohmann::ordered_json;
                    ordered_json view{{"done", sum.done},
                                      {"not_done", sum.refused.size()},
                                      {"more", sum.more},
                                      {"refused", ordered_json::array()}};
                    for (const auto& [id, how] : sum.refused) {
                      auto one = ordered_json::parse(desk::to_json(how));
                      one["id"] = id;
                      view["refused"].push_back(std::move(one));
                    }
                    answer({200, view.dump()});
                  });
}

void list_queues(const errand& it) {
  with_overview(it, [who = it.who](const desk::overview& now) {
    return web_answer{200, R"({"queues":)" + joined(now.queues) + R"(,"tenants":)" +
                               joined(desk::seen_by(who, now.tenants)) + "}"};
  });
}

void change_queue(const errand& it) {
  const auto change = desk::parse_queue_change(it.what.body);
  if (!change.how.ok())
    return refuse(it, change.how);
  const auto& name = it.names.at(0);
  it.with.to.set_queue(it.who, name, change.what, [answer = it.answer, name](const verdict& how) {
    answer(how.ok() ? web_answer{200, R"({"name":")" + name + "\"}"} : problem(how));
  });
}

} // namespace vdoc::net
