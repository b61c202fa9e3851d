#pragma once

#include "cluster/dispatch/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vdoc::dispatch {

/// Which hosts have done what already, for a leader that is gone by now (ADR 51), and which tasks
/// would be that. Whose turn it is does not change by it, and nobody waits for such a host: one
/// that is free does it again. But as long as such hosts may yet come, a job that the new leader
/// has taken over is gone on with at its end: what they have is what comes first.
class keepers {
public:
  /// Takes the words that say what it has done, "kept:<key>", out of what a host offers.
  void host_up(host_row& host, std::vector<std::string>& offers);
  void host_down(const host_row& host);

  /// A task waits that may have such a key; no more.
  void waits(task_row& task);
  void waits_no_more(const task_row& task);
  /// It runs, wherever: who has done it will not be asked for it.
  void begins(const task_row& task) { hosts_.erase(task.kept); }

  /// The first task of a seat that a free host has done, and that host; nothing: there is none.
  /// Costs O(keys that hosts have).
  [[nodiscard]] std::pair<task_row*, host_row*> find(const job_seat& seat, std::size_t slot) const;
  /// Jobs that a new leader has taken over say what they want, one task after the other: until all
  /// have, so long nothing is given, and who has done something still has room for it. 0: they
  /// have.
  [[nodiscard]] std::int64_t gathers_for_ms(std::int64_t now_ms) const;

  /// Of a seat nobody has done anything of, as far as is known.
  [[nodiscard]] static task_row* next(const job_seat& seat, std::int64_t now_ms);

private:
  std::multimap<std::string, host_row*> hosts_;             ///< by key
  std::unordered_map<std::string_view, task_row*> waiting_; ///< by key
  std::optional<std::int64_t> gathers_since_ms_;
};

} // namespace vdoc::dispatch
