#pragma once

#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/store.hpp"

#include <optional>

namespace vdoc::ledger::postgres {

/// The reading half of the PostgreSQL store on one connection. Throws `error`.
class questions {
public:
  explicit questions(session& with);

  std::optional<job_record> find(const std::string& job_id);
  std::optional<job_record> find_last(const std::string& source, const std::string& output);
  std::vector<event> history_of(const std::string& job_id);
  std::vector<job_record> list(const job_filter& which, const std::string& cursor,
                               std::uint32_t most);
  std::vector<job_record> open_jobs(const std::string& after_id, std::uint32_t most);
  std::vector<job_count> count();
  std::vector<document> read(const std::string& kind, const std::string& after_key,
                             std::uint32_t most);

private:
  session& with_;
  std::string collation_; ///< that knows the letters of every alphabet, if there is one
};

} // namespace vdoc::ledger::postgres
