#include "actors/desk/checks.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/job_options.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace vdoc::front_desk {

using desk::job_action;
using desk::refusal;
using desk::role;
using desk::verdict;

namespace {

constexpr std::int32_t most_priority = 1'000;
constexpr std::size_t longest_name = 63;

bool is_queue_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char one) {
    return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '.' || one == '_' ||
           one == '-';
  });
}

} // namespace

verdict check_role(const desk::caller& who, role needed) {
  if (who.may(needed))
    return {};
  return {refusal::forbidden,
          "this takes the role " + desk::to_string(needed) + ", and yours is " +
              desk::to_string(who.as),
          "use a key that has it", 0};
}

role role_for(job_action what) noexcept {
  return what == job_action::cancel || what == job_action::retry ? role::publisher
                                                                 : role::operator_;
}

verdict check_submit(const desk::caller& who, const ledger::job& what) {
  if (auto how = check_role(who, role::publisher); !how.ok())
    return how;
  if (!who.sees(what.tenant))
    return {refusal::forbidden, "tenant is not yours to submit for",
            "leave it out, or use a key of that tenant", 0};
  if (what.source.empty())
    return {refusal::bad_request, "source is missing", "give the path or the URL of a video", 0};
  if (!is_queue_name(what.queue) || what.queue.starts_with("stage."))
    return {refusal::bad_request, "queue cannot be \"" + what.queue + "\"", "", 0};
  return {};
}

verdict check_order(const desk::caller& who, desk::job_order& what) {
  if (auto how = check_role(who, role_for(what.what)); !how.ok())
    return how;
  if (what.what == job_action::reprioritise &&
      (what.priority < -most_priority || what.priority > most_priority))
    return {refusal::bad_request, "priority has to be from -1000 to 1000", "", 0};
  if (!what.spec.empty() && what.what != job_action::retry)
    return {refusal::bad_request, "only a retry may have another spec", "", 0};
  auto parsed = desk::parse_options(what.spec);
  if (!parsed.how.ok())
    return parsed.how;
  if (!what.spec.empty()) {
    what.spec = desk::to_spec(parsed.what);
    if (what.spec.empty())
      what.spec = "{}"; // to the ledger an empty one is none
  }
  what.cause = who.name + (what.cause.empty() ? "" : ": " + what.cause);
  return {};
}

verdict check_queue_change(const desk::caller& who, const desk::queue_change& what) {
  if (auto how = check_role(who, role::operator_); !how.ok())
    return how;
  const auto fits = [](std::int64_t number) {
    return number >= -1 && number <= std::numeric_limits<std::int32_t>::max();
  };
  if (!is_queue_name(what.name))
    return {refusal::bad_request, "there is no queue \"" + what.name + "\"", "", 0};
  if (!fits(what.concurrency) || !fits(what.starts_per_min) || what.paused < -1 || what.paused > 1)
    return {refusal::bad_request, "a number is out of range", "", 0};
  return {};
}

verdict check_filter(const desk::caller& who, ledger::job_filter& which) {
  if (who.tenant == "*")
    return {};
  if (!which.tenant.empty() && which.tenant != who.tenant)
    return {refusal::forbidden, "tenant is not yours to see", "leave it out", 0};
  which.tenant = who.tenant;
  return {};
}

ledger::document audit_of(const desk::caller& who, const deed& what, const std::string& id,
                          std::int64_t now_unix_ms) {
  nlohmann::ordered_json line{
      {"at", desk::to_rfc3339(now_unix_ms)}, {"who", who.name},       {"tenant", who.tenant},
      {"role", to_string(who.as)},           {"action", what.action}, {"target", what.target}};
  if (!what.detail.empty())
    line["detail"] = nlohmann::ordered_json::parse(what.detail, nullptr, false);
  return {"audit", id, line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
          0};
}

} // namespace vdoc::front_desk
