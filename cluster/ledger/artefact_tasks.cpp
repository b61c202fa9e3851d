#include "cluster/ledger/artefact_tasks.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

document artefact_task_of(const std::string& job_id, const artefact_task& what) {
  return {artefacts_kind, job_id,
          nlohmann::ordered_json{{"task", what.erases ? "erase" : "move"},
                                 {"since_unix_ms", what.since_unix_ms},
                                 {"why", what.why}}
              .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

document no_artefact_task_of(const std::string& job_id) {
  return {artefacts_kind, job_id, ""};
}

std::optional<artefact_task> artefact_task_in(const document& stored) {
  const auto body = nlohmann::json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto task = body.find("task"), since = body.find("since_unix_ms"), why = body.find("why");
  const bool whole = task != body.end() && (*task == "move" || *task == "erase") &&
                     since != body.end() && since->is_number_integer();
  if (!whole)
    return std::nullopt;
  return artefact_task{*task == "erase", since->get<std::int64_t>(),
                       why != body.end() && why->is_string() ? why->get<std::string>() : ""};
}

} // namespace vdoc::ledger
