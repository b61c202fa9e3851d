#include "cluster/ledger/standing_jobs.hpp"

namespace vdoc::ledger {

void standing_jobs::note(const job_row& row) {
  const auto& it = row.record;
  if (is_end(it.state) || it.state == job_state::scheduled) {
    jobs_.erase(it.what.id);
    return;
  }
  const auto [place, is_new] = jobs_.insert_or_assign(
      it.what.id, standing{it.state, it.what.priority, it.attempts, it.tries, it.submitted_unix_ms,
                           it.changed_unix_ms, it.due_unix_ms, row.first_sequence, it.last_sequence,
                           it.last_cause});
  if (!is_new)
    return;
  noted_.push_back(place->first);
  while (noted_.size() > most_) {
    jobs_.erase(noted_.front());
    noted_.pop_front();
  }
}

void standing_jobs::forget() noexcept {
  jobs_.clear();
  noted_.clear();
}

std::optional<job_row> standing_jobs::find(const std::string& id) const {
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return std::nullopt;
  const auto& known = found->second;
  job_row row;
  row.first_sequence = known.first_sequence;
  auto& it = row.record;
  it.what.id = id;
  it.what.priority = known.priority;
  it.state = known.state;
  it.attempts = known.attempts;
  it.tries = known.tries;
  it.submitted_unix_ms = known.submitted_unix_ms;
  it.last_cause = known.last_cause;
  it.changed_unix_ms = known.changed_unix_ms;
  it.due_unix_ms = known.due_unix_ms;
  it.last_sequence = known.last_sequence;
  return row;
}

std::uint64_t standing_jobs::last_sequence(const std::string& id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? 0 : found->second.last_sequence;
}

} // namespace vdoc::ledger
