#include "net/http/calls.hpp"

#include "net/http/admin_calls.hpp"
#include "net/http/job_calls.hpp"
#include "net/http/schedule_calls.hpp"
#include "net/http/tenant_calls.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace vdoc::net {

namespace {

constexpr std::string_view root = "/api/v1/";

constexpr std::array calls{call{"POST", "jobs", submit_jobs},
                           call{"GET", "jobs", list_jobs},
                           call{"POST", "jobs/bulk", order_jobs},
                           call{"GET", "jobs/*", show_job},
                           call{"PATCH", "jobs/*", change_job},
                           call{"GET", "jobs/*/history", show_history},
                           call{"POST", "jobs/*/cancel", cancel_job},
                           call{"POST", "jobs/*/retry", retry_job},
                           call{"POST", "jobs/*/links", create_link},
                           call{"GET", "queues", list_queues},
                           call{"PATCH", "queues/*", change_queue},
                           call{"GET", "tenants", list_tenants},
                           call{"GET", "tenants/*", show_tenant},
                           call{"PATCH", "tenants/*", change_tenant},
                           call{"POST", "tokens", create_token},
                           call{"GET", "tokens", list_tokens},
                           call{"DELETE", "tokens/*", revoke_token},
                           call{"GET", "audit", list_audit},
                           call{"GET", "cluster", show_cluster},
                           call{"GET", "cluster/tree", show_tree},
                           call{"GET", "cluster/breakers", show_breakers},
                           call{"POST", "cluster/breakers/reset", reset_breaker},
                           call{"GET", "cluster/hosts", show_hosts},
                           call{"GET", "cluster/quarantine", show_poison},
                           call{"POST", "cluster/quarantine/*/lift", lift_poison},
                           call{"POST", "cluster/nodes/*/cordon", cordon_node},
                           call{"POST", "cluster/nodes/*/uncordon", uncordon_node},
                           call{"POST", "cluster/nodes/*/drain", drain_node},
                           call{"GET", "schedules", list_schedules},
                           call{"POST", "schedules", create_schedule},
                           call{"GET", "schedules/*", show_schedule},
                           call{"PUT", "schedules/*", put_schedule},
                           call{"PATCH", "schedules/*", change_schedule},
                           call{"DELETE", "schedules/*", remove_schedule}};

std::string_view first_part(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

/// What stands for the stars; nothing when the path is another one.
std::optional<std::vector<std::string>> names_in(std::string_view path, std::string_view pattern) {
  std::vector<std::string> names;
  if (std::ranges::count(path, '/') != std::ranges::count(pattern, '/'))
    return std::nullopt;
  while (!pattern.empty()) {
    const auto expected = first_part(pattern);
    const auto part = first_part(path);
    if (expected == "*" && !part.empty())
      names.emplace_back(part);
    else if (part != expected)
      return std::nullopt;
  }
  return path.empty() ? std::optional{std::move(names)} : std::nullopt;
}

/// A browser sends a form to anybody without asking, but not JSON: that keeps other people's pages
/// from giving us jobs (Fetch, "CORS-safelisted request-header").
bool is_json(const web_request& what) {
  constexpr std::string_view type = json_type;
  const auto given = what.content_type.substr(0, what.content_type.find(';'));
  const auto end = given.find_last_not_of(' ');
  return what.body.empty() ||
         std::ranges::equal(given.substr(0, end + 1), type, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
         });
}

} // namespace

std::span<const call> all_calls() {
  return calls;
}

bool carry(errand it) {
  if (!it.what.path.starts_with(root))
    return false;
  const auto path = it.what.path.substr(root.size());
  std::string allowed;
  for (const auto& one : calls) {
    auto names = names_in(path, one.path);
    if (!names)
      continue;
    if (one.method != it.what.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string{one.method};
      continue;
    }
    if (!is_json(it.what)) {
      it.answer(problem(415, "bad_request", "the body has to be JSON",
                        "send it with Content-Type: application/json"));
      return true;
    }
    it.names = std::move(*names);
    one.carry_out(it);
    return true;
  }
  if (allowed.empty())
    return false;
  auto answer = problem(405, "bad_request", "this cannot be done here", "allowed: " + allowed);
  answer.headers.emplace_back("Allow", allowed);
  it.answer(std::move(answer));
  return true;
}

} // namespace vdoc::net
