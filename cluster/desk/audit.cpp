#include "cluster/desk/audit.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/stored_json.hpp"
#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

/// The later, the smaller: a document's key.
std::string backwards(std::int64_t unix_ms) {
  constexpr std::size_t digits = 19;
  auto text = std::to_string(std::numeric_limits<std::int64_t>::max() - unix_ms);
  return std::string(digits - text.size(), '0') + text;
}

std::string name_of(job_action what) {
  constexpr std::array names{"cancel", "retry", "reprioritise"};
  return names.at(static_cast<std::size_t>(what));
}

} // namespace

std::string to_json(const audit_line& what) {
  ordered_json view{{"at", to_rfc3339(what.at_unix_ms)},
                    {"who", what.who},
                    {"what", what.what},
                    {"subject", what.subject}};
  if (auto detail = ordered_json::parse(what.detail, nullptr, false); detail.is_object())
    view["detail"] = std::move(detail);
  return written(view);
}

ledger::document to_document(const audit_line& what, const std::string& chance) {
  return {audit_kind, backwards(what.at_unix_ms) + "-" + chance,
          written({{"at_unix_ms", what.at_unix_ms},
                   {"who", what.who},
                   {"what", what.what},
                   {"subject", what.subject},
                   {"detail", what.detail}})};
}

std::optional<audit_line> audit_line_from(const ledger::document& stored) {
  const auto body = ordered_json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto at = body.find("at_unix_ms");
  audit_line line{at != body.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0,
                  text_in(body, "who"), text_in(body, "what"), text_in(body, "subject"),
                  text_in(body, "detail")};
  if (const auto jobs = body.find("jobs");
      jobs != body.end() && jobs->is_array() && !jobs->empty()) {
    line.subject = jobs->front().is_string() ? jobs->front().get<std::string>() : "";
    line.detail = jobs->size() > 1 ? written({{"jobs", *jobs}}) : "";
  }
  return line;
}

std::string key_of_older_lines(std::int64_t than_unix_ms) {
  return backwards(than_unix_ms - 1);
}

audit_line line_of(const caller& who, const std::string& job_id, const job_order& what) {
  auto detail = ordered_json::object();
  if (what.what == job_action::reprioritise)
    detail["priority"] = what.priority;
  if (!what.cause.empty())
    detail["cause"] = what.cause;
  if (!what.spec.empty())
    detail["spec"] = ordered_json::parse(what.spec, nullptr, false);
  return {0, who.name, name_of(what.what), job_id, detail.empty() ? "" : written(detail)};
}

audit_line line_of(const caller& who, const std::string& queue, const queue_change& what) {
  auto detail = ordered_json::object();
  if (what.paused)
    detail["paused"] = *what.paused;
  if (what.concurrency)
    detail["concurrency"] = *what.concurrency;
  if (what.starts_per_min)
    detail["starts_per_min"] = *what.starts_per_min;
  return {0, who.name, "set queue", queue, detail.empty() ? "" : written(detail)};
}

audit_line line_of(const caller& who, const std::string& tenant, const tenant_change& what) {
  auto detail = ordered_json::object();
  for (const auto& [limit, value] : what)
    detail[to_string(limit)] = value ? ordered_json(*value) : ordered_json();
  return {0, who.name, "set tenant", tenant, written(detail)};
}

audit_line line_of(const caller& who, const node_change& what) {
  return {0, who.name, to_string(what.what), what.node,
          what.cause.empty() ? "" : written({{"cause", what.cause}})};
}

audit_line line_of(const caller& who, const breaker_reset& what) {
  return {0, who.name, "reset breaker", what.name,
          what.cause.empty() ? "" : written({{"cause", what.cause}})};
}

audit_line line_of(const caller& who, const schedule& put) {
  return {0, who.name, "put schedule", put.what.tenant + "/" + put.name, to_json(put)};
}

audit_line line_of_removal(const caller& who, const std::string& tenant,
                           const std::string& schedule) {
  return {0, who.name, "remove schedule", tenant + "/" + schedule, ""};
}

audit_line line_of_submit(const caller& who) {
  return {0, who.name, "submit", "", ""};
}

audit_line line_of_link(const caller& who, const std::string& job_id, std::int64_t until_unix_ms) {
  return {0, who.name, "create link", job_id, written({{"expires_at", to_rfc3339(until_unix_ms)}})};
}

} // namespace vdoc::desk
