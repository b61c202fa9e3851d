#include "cluster/desk/inbox.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::desk {

ledger::roll letter_about(const std::vector<ledger::job>& jobs, const std::string& key,
                          const std::string& node) {
  ledger::roll letter;
  letter.what.kind = inbox_kind;
  letter.what.key = key;
  letter.what.body = nlohmann::json{{"node", node}}.dump();
  for (const auto& one : jobs)
    letter.job_ids.push_back(one.id);
  return letter;
}

std::vector<std::string> jobs_in(const ledger::document& letter) {
  std::vector<std::string> ids;
  const auto body = nlohmann::json::parse(letter.body, nullptr, false);
  if (body.is_object() && body.contains("jobs") && body["jobs"].is_array())
    for (const auto& one : body["jobs"])
      if (one.is_string())
        ids.push_back(one.get<std::string>());
  return ids;
}

} // namespace vdoc::desk
