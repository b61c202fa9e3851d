#pragma once

#include "cluster/dispatch/rows.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace vdoc::dispatch {

struct host_group;
struct tenant_row;
struct tenant_seat;

struct by_index {
  bool operator()(const task_row* a, const task_row* b) const;
};
/// Of a job: fewest slots held, served longest ago, number.
using job_turn = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>;
/// Fewest slots held by their share.
struct by_need {
  bool operator()(const tenant_seat* a, const tenant_seat* b) const;
};
/// Least slot time had by their share.
struct by_use {
  bool operator()(const tenant_seat* a, const tenant_seat* b) const;
};

struct tenant_row {
  std::uint32_t number = 0;
  std::uint32_t share = 1;
  std::uint32_t held = 0;
  std::uint32_t waiting = 0;
  std::uint32_t jobs = 0;
  bool active = false; ///< something of it waits or runs
  double used = 0;     ///< slot milliseconds by its share
  std::uint64_t served = 0;
  std::vector<tenant_seat*> seats;
};

struct job_row {
  std::string name;
  tenant_row* owner = nullptr;
  std::uint64_t number = 0;
  std::uint32_t uses = 0; ///< tasks, and hosts with something of it open
  std::uint32_t held = 0;
  std::uint64_t served = 0;
  std::int64_t waiting_ms = 0;  ///< expected of what waits
  std::int64_t ends_sum_ms = 0; ///< when what runs is expected to end, added up
  std::map<std::string, affinity_row> affinities;
  std::set<affinity_row*> open; ///< of those, what some free host has open
  std::vector<job_seat*> seats;

  [[nodiscard]] job_turn turn() const { return {held, served, number}; }
};

/// The tasks of one job that wait in one level of a line.
struct job_seat {
  job_row* of = nullptr;
  tenant_seat* in = nullptr;
  std::set<task_row*, by_index> tasks;
  std::map<affinity_row*, std::set<task_row*, by_index>> by_affinity;
};
struct level_row;
/// The jobs of one tenant that wait there.
struct tenant_seat {
  tenant_row* of = nullptr;
  level_row* in = nullptr;
  std::map<job_row*, job_seat> seats;
  std::map<job_turn, job_seat*> jobs;
};
struct level_row {
  line_row* in = nullptr;
  std::pair<urgency, std::int64_t> rank; ///< the least first
  std::map<tenant_row*, tenant_seat> seats;
  std::set<tenant_seat*, by_need> needing;
  std::set<tenant_seat*, by_use> sharing;
};
/// What waits for one stage and needs the same of its hosts.
struct line_row {
  stage kind = stage::transcode;
  host_group* hosts = nullptr;
  std::map<std::pair<urgency, std::int64_t>, level_row> levels;
};

} // namespace vdoc::dispatch
