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
