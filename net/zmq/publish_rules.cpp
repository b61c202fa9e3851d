#include "net/zmq/publish_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::net {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds usual_pause{500};

bool passes(const std::string& code) {
  return code == "busy" || code == "over_quota" || code == "not_leader";
}

std::chrono::milliseconds pause_of(const json& error) {
  const auto found = error.find("retry_after_ms");
  return found != error.end() && found->is_number_unsigned()
             ? std::chrono::milliseconds{found->get<std::uint32_t>()}
             : usual_pause;
}

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

json error_in(const json& answer) {
  const auto found = answer.is_object() ? answer.find("error") : answer.end();
  return answer.is_object() && found != answer.end() && found->is_object() ? *found
                                                                           : json::object();
}

std::string words_of(const json& error) {
  auto words = text_of(error, "message");
  if (const auto advice = text_of(error, "advice"); !advice.empty())
    words += "; " + advice;
  return words;
}

published refused(std::uint64_t number, const json& error) {
  return {number, "", false, text_of(error, "code"), words_of(error)};
}

} // namespace

void publish_rules::add(std::uint64_t number, std::string job, time now) {
  wait_again({number, std::move(job), now + terms_.gather}, now + terms_.gather);
}

void publish_rules::wait_again(waiting_job job, time ready) {
  job.ready = ready;
  const auto place = std::ranges::upper_bound(waiting_, ready, {}, &waiting_job::ready);
  waiting_.insert(place, std::move(job));
}

std::string publish_rules::body_of(const flight& what) {
  std::string body = R"({"jobs":[)";
  for (const auto& one : what.jobs)
    body += (&one == &what.jobs.front() ? "" : ",") + one.job;
  return body + "]}";
}

std::vector<publish_rules::batch> publish_rules::to_send(time now) {
  std::vector<batch> all;
  for (auto& [id, it] : flying_)
    if (now - it.sent >= terms_.resend_after) {
      it.sent = now;
      all.push_back({id, body_of(it)});
    }
  while (!waiting_.empty() && flying_.size() < terms_.batches_at_once &&
         (waiting_.front().ready <= now || waiting_.size() >= terms_.jobs_a_batch)) {
    flight next{{}, now};
    // Those that only wait for company come along; those that were told to wait do not.
    while (!waiting_.empty() && next.jobs.size() < terms_.jobs_a_batch &&
           waiting_.front().ready <= now + terms_.gather) {
      next.jobs.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    if (next.jobs.empty())
      break;
    flying_jobs_ += next.jobs.size();
    all.push_back({++last_id_, body_of(next)});
    flying_.emplace(last_id_, std::move(next));
  }
  return all;
}

std::vector<published> publish_rules::answered(std::uint64_t id, const std::string& code,
                                               const std::string& body, time now) {
  const auto found = flying_.find(id);
  if (found == flying_.end())
    return {};
  auto jobs = std::move(found->second.jobs);
  flying_.erase(found);
  flying_jobs_ -= jobs.size();
  const auto answer = json::parse(body, nullptr, false);
  const auto list = answer.is_object() ? answer.value("jobs", json::array()) : json::array();
  std::vector<published> all;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const bool whole = code != "OK";
    const auto one = whole || !list.is_array() || i >= list.size() ? json::object() : list[i];
    const auto error = error_in(whole ? answer : one);
    if (const auto job_id = text_of(one, "id"); !job_id.empty()) {
      all.push_back({jobs[i].number, job_id, one.value("known", false), "", ""});
      why_it_waits_.clear();
    } else if (passes(whole ? code : text_of(error, "code")) || error.empty()) {
      wait_again(std::move(jobs[i]), now + pause_of(error)); // no answer for it is no refusal
      why_it_waits_ = words_of(error);
    } else {
      all.push_back(refused(jobs[i].number, error));
    }
  }
  return all;
}

std::optional<publish_rules::time> publish_rules::wake_at() const {
  std::optional<time> next;
  const auto at_latest = [&](time when) { next = next ? std::min(*next, when) : when; };
  for (const auto& [id, it] : flying_)
    at_latest(it.sent + terms_.resend_after);
  if (!waiting_.empty() && flying_.size() < terms_.batches_at_once)
    at_latest(waiting_.front().ready);
  return next;
}

} // namespace vdoc::net
