#pragma once

#include "cluster/ledger/batch_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace vdoc::ledger {

/// How jobs stood when a writer last wrote them: those that are not at an end and do not wait for
/// their time, the latest `most` of them, about 200 bytes each. Others may have written them since:
/// whoever builds on it makes sure that the job's last sequence is still the one that is known.
class standing_jobs {
public:
  explicit standing_jobs(std::size_t most) : most_{most} {}

  /// A row as a batch left it, once that is committed.
  void note(const job_row& row);
  void forget() noexcept;
  [[nodiscard]] bool has(const std::string& id) const { return jobs_.contains(id); }
  [[nodiscard]] std::optional<job_row> find(const std::string& id) const;
  /// 0: it is not known.
  [[nodiscard]] std::uint64_t last_sequence(const std::string& id) const;

private:
  struct standing {
    job_state state = job_state::unknown;
    std::int32_t priority = 0;
    std::uint32_t attempts = 0, tries = 0;
    std::int64_t submitted_unix_ms = 0, changed_unix_ms = 0, due_unix_ms = 0;
    std::uint64_t first_sequence = 0, last_sequence = 0;
    std::string last_cause;
  };

  std::size_t most_;
  std::unordered_map<std::string, standing> jobs_;
  std::deque<std::string> noted_; ///< in the order in which they came; some are gone already
};

} // namespace vdoc::ledger
