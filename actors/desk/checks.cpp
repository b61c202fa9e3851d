#include "actors/desk/checks.hpp"

#include "cluster/desk/job_options.hpp"
#include "cluster/desk/submission.hpp"

namespace vdoc::front_desk {

using desk::job_action;
using desk::refusal;
using desk::role;
using desk::verdict;

namespace {

constexpr std::int32_t most_priority = 1'000;
constexpr std::size_t longest_name = 63; ///< of queues and tenants

} // namespace

verdict overload() {
  return {refusal::busy, "the service is overloaded", "try again", 200};
}

verdict check_role(const desk::caller& who, role needed) {
  if (who.may(needed))
    return {};
  return {refusal::forbidden,
          "this takes the role " + desk::to_string(needed) + ", and yours is " +
              desk::to_string(who.as),
          "use a key that has it", 0};
}

verdict check_submit(const desk::caller& who, const ledger::job& what) {
  if (auto how = check_role(who, role::publisher); !how.ok())
    return how;
  if (!who.sees(what.tenant))
    return {refusal::forbidden, "tenant is not yours to submit for",
            "leave it out, or use a key of that tenant", 0};
  return {};
}

verdict check_upload(const ledger::job& what, const std::optional<uploads::upload_view>& source) {
  if (source && source->what.tenant == what.tenant)
    return {};
  return {refusal::bad_request,
          "there is no upload " + what.source + " of tenant " + what.tenant + ", or not any more",
          "begin it before its job", 0};
}

verdict check_order(const desk::caller& who, desk::job_order& what) {
  const bool changes_order = what.what == job_action::reprioritise;
  if (auto how = check_role(who, changes_order ? role::operator_ : role::publisher); !how.ok())
    return how;
  if (changes_order && (what.priority < -most_priority || what.priority > most_priority))
    return {refusal::bad_request, "priority has to be from -1000 to 1000", "", 0};
  if (!what.spec.empty()) {
    auto parsed = desk::parse_options(what.spec);
    if (what.what != job_action::retry)
      return {refusal::bad_request, "only a retry may have another spec", "", 0};
    if (!parsed.how.ok())
      return parsed.how;
    what.spec = desk::to_spec(parsed.what);
    if (what.spec.empty())
      what.spec = "{}"; // to the ledger an empty one is none
  }
  what.cause = who.name + (what.cause.empty() ? "" : ": " + what.cause);
  return {};
}

namespace {

/// What tenants share concerns all of them: who sees or changes it has to be responsible for all.
verdict check_shared(const desk::caller& who, role needed, const char* what) {
  if (auto how = check_role(who, needed); !how.ok())
    return how;
  if (who.tenant != "*")
    return {refusal::forbidden, std::string{what} + " shared between tenants",
            "use a key of all tenants", 0};
  return {};
}

} // namespace

verdict check_queue(const desk::caller& who, const std::string& queue) {
  if (auto how = check_shared(who, role::operator_, "queues are"); !how.ok())
    return how;
  if (queue.size() > longest_name || !desk::is_name(queue))
    return {refusal::bad_request, "the name of a queue is made of a to z, 0 to 9 and ._-", "", 0};
  return {};
}

verdict check_tenant(const desk::caller& who, const std::string& tenant) {
  if (auto how = check_shared(who, role::admin, "what tenants may have is"); !how.ok())
    return how;
  if (tenant.size() > longest_name || !desk::is_name(tenant))
    return {refusal::bad_request, "the name of a tenant is made of a to z, 0 to 9 and ._-", "", 0};
  return {};
}

verdict check_node(const desk::caller& who) {
  return check_shared(who, role::operator_, "nodes are");
}

verdict check_breaker(const desk::caller& who) {
  return check_shared(who, role::operator_, "breakers are");
}

verdict check_whole(const desk::caller& who) {
  return check_shared(who, role::viewer, "that is");
}

verdict check_filter(const desk::caller& who, ledger::job_filter& which) {
  if (who.tenant == "*")
    return {};
  if (!which.tenant.empty() && which.tenant != who.tenant)
    return {refusal::forbidden, "tenant is not yours to see", "leave it out", 0};
  which.tenant = who.tenant;
  return {};
}

} // namespace vdoc::front_desk
