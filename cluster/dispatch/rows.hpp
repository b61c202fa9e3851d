#pragma once

#include "cluster/dispatch/task.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What the rules of DISPATCH keep of hosts, jobs and tasks. Nobody else needs to know: see
/// slot_rules. Rows stay where they are, so that they can point at each other.
namespace vdoc::dispatch {

struct host_row;
struct job_row;
struct job_seat;
struct line_row;

/// Which free host is taken before which: the least.
struct host_rank {
  std::uint32_t load = 0;    ///< tasks it has, in all its slots
  std::int32_t slowness = 0; ///< of its node, in steps
  bool wanted = false;       ///< somebody waits for the decoder that it has open
  std::uint32_t number = 0;
  friend auto operator<=>(const host_rank&, const host_rank&) = default;
};
using free_set = std::map<host_rank, host_row*>;

/// What hosts of a node get that is new.
enum class opening : std::uint8_t {
  all,
  light, ///< nothing that keeps a core busy
  nothing
};

/// A node, where hosts run and bytes lie.
struct place_row {
  std::string name;
  std::size_t uses = 0;      ///< hosts and waiting tasks
  std::int32_t slowness = 0; ///< in steps of 5 %; 0: as most
  opening is = opening::all;
  std::set<host_row*> hosts;
  std::array<free_set, slot_count> free;
};

/// What the tasks of a job may have in common: a run file with an open decoder.
struct affinity_row {
  job_row* of = nullptr;
  std::uint32_t waiting = 0;               ///< tasks
  std::map<std::uint32_t, host_row*> open; ///< free hosts that have it open, by number
};

/// Whether a task may be begun a second time: once at most.
enum class twinning : std::uint8_t { never, possible, had_one, is_one };

/// A task from when it is wanted until it is over.
struct task_row {
  std::string id;
  job_row* of = nullptr;
  affinity_row* affinity = nullptr; ///< may be null
  place_row* near = nullptr;        ///< may be null
  const std::string* work = nullptr;
  std::uint32_t units = 0;
  std::uint32_t moving_ms = 0;
  std::uint32_t expected_ms = 0; ///< 0: unknown
  std::uint32_t charged_ms = 0;  ///< to its tenant, when it began
  std::uint32_t index = 0;
  stage kind = stage::transcode;
  std::uint64_t arrival = 0;
  std::int64_t since_ms = 0; ///< waits, then runs, since then
  job_seat* seat = nullptr;  ///< where it waits; null: it runs
  host_row* host = nullptr;  ///< where it runs
  task_row* twin = nullptr;  ///< the same work, on another host
  twinning twins = twinning::never;
  std::string kept = {};        ///< see task; may be empty
  bool maybe_elsewhere = false; ///< see task
  bool is_done_there = false;   ///< `host` has kept it: it says nothing of costs
  std::int64_t glance_ms = 0;   ///< when it is looked whether it is a straggler; 0: never
  task_row* older = nullptr;    ///< of those of its stage that wait
  task_row* younger = nullptr;
};

struct host_row {
  std::string name;
  std::uint32_t number = 0;
  slots capacity;
  bool draining = false;
  place_row* at = nullptr;
  std::vector<std::string> offers; ///< sorted
  std::array<std::uint32_t, slot_count> taken{};
  std::array<affinity_row*, slot_count> open{};           ///< of the last task of each slot
  std::array<std::optional<host_rank>, slot_count> shown; ///< as what it is listed as free
  std::array<bool, slot_count> touched{};                 ///< and that is no longer true
  std::vector<task_row*> holds;

  [[nodiscard]] bool has_room(std::size_t slot) const {
    return takes(slot) && taken[slot] < capacity.of(static_cast<dispatch::slot>(slot));
  }
  /// Whether it gets such tasks while it has room for them.
  [[nodiscard]] bool takes(std::size_t slot) const {
    return !draining &&
           (at->is == opening::all ||
            (at->is == opening::light && slot != static_cast<std::size_t>(dispatch::slot::heavy)));
  }
};

} // namespace vdoc::dispatch
