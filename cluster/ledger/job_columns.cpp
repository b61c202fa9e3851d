#include "cluster/ledger/job_columns.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

std::string written_ids(const std::vector<std::string>& ids) {
  return ids.empty() ? std::string{} : nlohmann::json(ids).dump();
}

std::vector<std::string> read_ids(const std::string& written) {
  std::vector<std::string> ids;
  if (written.empty())
    return ids;
  for (const auto& id : nlohmann::json::parse(written, nullptr, false))
    if (id.is_string())
      ids.push_back(id.get<std::string>());
  return ids;
}

std::string with_success(const std::string& jobs) {
  return "SELECT shown.*, coalesce((SELECT detail FROM events WHERE shown.state = 'succeeded' AND "
         "job_id = shown.id AND kind = 'succeeded' ORDER BY sequence DESC LIMIT 1), '') FROM (" +
         jobs + ") AS shown";
}

std::string reused_in(const std::string& detail) {
  constexpr const char* name = "reused_from";
  if (detail.find(name) == std::string::npos) // most are the job's own
    return {};
  const auto read = nlohmann::json::parse(detail, nullptr, false);
  const auto found = read.find(name);
  return found != read.end() && found->is_string() ? found->get<std::string>() : "";
}

job_page as_page(std::vector<job_record> jobs, std::uint32_t most) {
  job_page page;
  page.jobs = std::move(jobs);
  if (page.jobs.size() > most) {
    page.jobs.resize(most);
    if (!page.jobs.empty())
      page.next = page.jobs.back().what.id;
  }
  return page;
}

} // namespace vdoc::ledger
