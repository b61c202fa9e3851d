#include "cluster/ledger/results.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

document results_of(const std::string& key, const std::string& job_id) {
  return {results_kind, key, nlohmann::json{{"job", job_id}}.dump()};
}

std::string job_of_results(const document& stored) {
  const auto body = nlohmann::json::parse(stored.body, nullptr, false);
  const auto job = body.is_object() ? body.find("job") : body.end();
  return job != body.end() && job->is_string() ? job->get<std::string>() : "";
}

} // namespace vdoc::ledger
