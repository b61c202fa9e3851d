#pragma once

#include "actors/job/task.hpp"
#include "cluster/dispatch/host_loss.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vdoc::job {

/// How much is held against a piece of work before it is given up.
struct patience {
  std::uint32_t hosts = 3;         ///< that it crashed or hung, or that starved under it
  std::uint32_t killed_hosts = 32; ///< that were killed from outside while they held it
  std::uint32_t tries = 3;         ///< that failed by a fault of ours, without a crash
};

/// The media host that held a piece of work is gone.
struct host_gone {
  std::string host;
  dispatch::host_end how = dispatch::host_end::crashed;
  std::string cause;         ///< "SIGSEGV"
  bool beside_heavy = false; ///< it held heavy work of some job too, this piece apart
};

/// What is known against each piece of work of a job when media hosts end under it.
///
/// - Crashes, hangs and starvations count in full against heavy work, and against light work that
///   had none beside it.
/// - What crashes hosts of two nodes, or makes them hang, has had its chances: it is not the
/// machine.
/// - Light work beside heavy work is a lesser suspect and gets three times the patience. It is held
///   back until the heavy work of this job that was beside it has ended: what crashes a host again
///   without the other has done it, and what ends well has not.
/// - Kills from outside are mostly nobody's fault, so it takes many of them. Being drained counts
///   for nothing.
class suspects {
public:
  explicit suspects(const patience& how_much) : patience_{how_much} {}

  void granted(const task& what, const std::string& host);
  /// It runs there as well, from here on.
  void doubled(const task& what, const std::string& host);
  /// Returns whether the work is poison now.
  bool lost(const task& what, const host_gone& gone);
  /// Returns whether it has failed too often now. Empty: on the host that had it last.
  bool failed(const task& what, const std::string& host = {});
  /// It has ended, well or not. Returns what was held back for its sake and may go on.
  std::vector<task> ended(const task& what);
  /// What was held against it is forgotten: something else is done in its place.
  void acquit(const task& what);

  [[nodiscard]] bool is_held_back(const task& what) const { return held_back_.contains(what); }
  [[nodiscard]] std::uint32_t attempt_of(const task& what) const; ///< how often it was granted
  /// The host that is known, or else the one that had it last; "" for none.
  [[nodiscard]] std::string host_of(const task& what, const std::string& known = {}) const;
  /// The last host that it has failed on, or that it may have brought down; "" for none.
  [[nodiscard]] std::string failed_at(const task& what) const;
  /// "it brought down 3 media hosts (last: SIGSEGV)"
  [[nodiscard]] std::string charge_against(const task& what) const;
  /// Whether it has crashed hosts, or made them hang, on more nodes than one.
  [[nodiscard]] bool hit_several_nodes(const task& what) const;
  /// Whether the last host under it ended for lack of memory.
  [[nodiscard]] bool starved(const task& what) const;

private:
  struct account {
    std::uint32_t attempts = 0;
    std::uint32_t crashes = 0;     ///< as the suspect
    std::uint32_t near_misses = 0; ///< crashes beside heavier work
    std::uint32_t kills = 0;
    std::uint32_t failures = 0;
    std::set<std::string> nodes; ///< on which it crashed hosts, or made them hang
    std::string failed_at;       ///< host
    std::string host;
    std::string other; ///< host of its twin, if it has one
    std::string cause; ///< of the last host's end
    dispatch::host_end how = dispatch::host_end::asked;
  };
  void hold_back(const task& what, const std::string& host);

  patience patience_;
  std::map<task, account> accounts_;
  std::set<task> unfinished_; ///< heavy work that was granted and has not ended yet
  std::map<task, std::set<task>> held_back_;
};

} // namespace vdoc::job
