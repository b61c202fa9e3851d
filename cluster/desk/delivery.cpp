#include "cluster/desk/delivery.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/stored_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

} // namespace

std::string to_body(const delivery_note& what) {
  return written({{"job", what.job_id},
                  {"tenant", what.tenant},
                  {"url", what.url},
                  {"type", what.type},
                  {"cause", what.cause},
                  {"at_unix_ms", what.at_unix_ms},
                  {"attempts", what.attempts},
                  {"due_unix_ms", what.due_unix_ms}});
}

std::optional<delivery_note> from_body(const std::string& body) {
  const auto stored = ordered_json::parse(body, nullptr, false);
  if (!stored.is_object())
    return std::nullopt;
  try {
    return delivery_note{stored.at("job"),      text_in(stored, "tenant"), stored.at("url"),
                         stored.at("type"),     stored.at("cause"),        stored.at("at_unix_ms"),
                         stored.at("attempts"), stored.at("due_unix_ms")};
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

const std::string& tenant_of(const delivery_note& what, const ledger::job_record& job) {
  return what.tenant.empty() ? job.what.tenant : what.tenant;
}

std::optional<ledger::document> delivery_of(const std::string& callback, const std::string& tenant,
                                            const ledger::event& event) {
  if (callback.empty())
    return std::nullopt;
  const auto asked = ordered_json::parse(callback, nullptr, false);
  if (!asked.is_object() || !asked.contains("url") || !asked["url"].is_string())
    return std::nullopt;
  const auto kind = ledger::to_string(event.kind);
  if (const auto wanted = asked.find("events"); wanted != asked.end() && wanted->is_array())
    if (std::ranges::none_of(*wanted, [&](const auto& one) { return one == kind; }))
      return std::nullopt;
  delivery_note it;
  it.job_id = event.job_id;
  it.tenant = tenant;
  it.url = asked["url"].get<std::string>();
  it.type = "job." + kind;
  it.cause = event.cause;
  it.at_unix_ms = event.at_unix_ms;
  // A job that is done again ends again: the time tells one end from the other.
  const auto key = event.job_id + "." + kind + "." + std::to_string(event.at_unix_ms);
  return ledger::document{delivery_kind, key, to_body(it), ledger::document::any_version};
}

std::string letter_body(const delivery_note& what, const ledger::job_record& job) {
  ordered_json subject{{"id", what.job_id}, {"state", what.type.substr(what.type.find('.') + 1)}};
  if (!what.cause.empty())
    subject["cause"] = what.cause;
  subject["source"] = job.what.source;
  subject["tenant"] = tenant_of(what, job);
  subject["queue"] = job.what.queue;
  if (auto labels = ordered_json::parse(job.what.labels, nullptr, false); labels.is_object())
    subject["labels"] = std::move(labels);
  subject["attempts"] = job.attempts;
  return written({{"type", what.type},
                  {"timestamp", to_rfc3339(what.at_unix_ms)},
                  {"data", std::move(subject)}});
}

} // namespace vdoc::desk
