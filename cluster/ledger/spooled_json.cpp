#include "cluster/ledger/spool.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

namespace {

using nlohmann::json;

json json_of(const job& x) {
  return {{"job", x.id},
          {"source", x.source},
          {"output", x.output},
          {"spec", x.spec},
          {"tenant", x.tenant},
          {"queue", x.queue},
          {"priority", x.priority},
          {"idempotency_key", x.idempotency_key},
          {"labels", x.labels},
          {"not_before_unix_ms", x.not_before_unix_ms},
          {"after", x.after},
          {"traceparent", x.traceparent},
          {"callback", x.callback},
          {"dedupe_key", x.dedupe_key},
          {"dedupe_window_ms", x.dedupe_window_ms}};
}

json json_of(const document& x) {
  return {{"document", x.key}, {"kind", x.kind}, {"body", x.body}, {"version", x.version}};
}

json json_of(const roll& x) {
  auto made = json_of(x.what);
  made["roll"] = x.job_ids;
  return made;
}

json json_of(const event& x) {
  json made{{"event", to_string(x.kind)}, {"job_id", x.job_id},         {"cause", x.cause},
            {"detail", x.detail},         {"at_unix_ms", x.at_unix_ms}, {"fence", x.fence}};
  for (const auto& paper : x.papers)
    made["papers"].push_back(json_of(paper));
  return made;
}

job job_from(const json& x) {
  return {x.at("job"),
          x.at("source"),
          x.at("output"),
          x.at("spec"),
          x.at("tenant"),
          x.at("queue"),
          x.at("priority"),
          x.at("idempotency_key"),
          x.at("labels"),
          x.at("not_before_unix_ms"),
          x.at("after").get<std::vector<std::string>>(),
          x.at("traceparent"),
          x.at("callback"),
          x.value("dedupe_key", ""), // an earlier build has spooled none
          x.value("dedupe_window_ms", std::int64_t{0})};
}

document document_from(const json& x) {
  return {x.at("kind"), x.at("document"), x.at("body"), x.at("version")};
}

event event_from(const json& x) {
  event made;
  made.kind = event_kind_from(x.at("event").get<std::string>()).value();
  made.job_id = x.at("job_id");
  made.cause = x.at("cause");
  made.detail = x.at("detail");
  made.at_unix_ms = x.at("at_unix_ms");
  made.fence = x.at("fence");
  for (const auto& paper : x.value("papers", json::array())) // most have none
    made.papers.push_back(document_from(paper));
  return made;
}

entry entry_from(const json& x) {
  if (x.contains("roll"))
    return roll{document_from(x), x.at("roll").get<std::vector<std::string>>()};
  if (x.contains("job"))
    return job_from(x);
  if (x.contains("event"))
    return event_from(x);
  return document_from(x);
}

} // namespace

std::string to_json(const spooled& what) {
  json entries = json::array();
  for (const auto& each : what.entries)
    entries.push_back(std::visit([](const auto& x) { return json_of(x); }, each));
  const json all{{"number", what.number}, {"doubt", what.doubt}, {"entries", std::move(entries)}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

spooled spooled_from(const std::string& text) {
  const auto all = json::parse(text);
  spooled what{all.at("number"), {}, all.at("doubt")};
  for (const auto& each : all.at("entries"))
    what.entries.push_back(entry_from(each));
  return what;
}

} // namespace vdoc::ledger
