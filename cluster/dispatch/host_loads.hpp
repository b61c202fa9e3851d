#pragma once

#include "cluster/dispatch/stage.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::dispatch {

/// A task that runs, and how long it is expected to.
struct running_task {
  std::string id;
  std::string job;
  stage kind = stage::transcode;
  std::int64_t ran_ms = 0;
  std::int64_t expected_ms = 0; ///< from its begin to its end; 0: its cost is not known
  bool is_twin = false;         ///< of a straggler
};

/// A media host, what it does, and how much more it could.
struct host_load {
  std::string host;
  std::string node;
  bool gets_work = false; ///< it is not drained, and nothing is ordered of its node
  double slowness = 1;    ///< of its node, as far as is known: 2 takes twice as long as most
  slots capacity;
  std::array<std::uint32_t, slot_count> taken{};
  std::vector<running_task> tasks;
};

/// What was learned of a kind of work on a node.
struct work_cost {
  std::string work;        ///< "h264 1920x1080 veryfast"
  std::string node;        ///< empty: over all nodes
  double ms_per_unit = 0;  ///< that the next one is expected to take; units are ms of media mostly
  std::size_t samples = 0; ///< seen there, of which the latest count; below 3 others count as well
};

/// When the heavy work of a job that is known so far will be over.
struct job_end {
  std::string job;
  std::int64_t ends_in_ms = 0;
};

/// What DISPATCH knows of media hosts, the hosts and jobs by name.
struct host_loads {
  std::vector<host_load> hosts;
  std::vector<job_end> jobs;    ///< those with tasks that run, and costs that are known
  std::vector<work_cost> costs; ///< of nodes that have hosts, and over all nodes
};

} // namespace vdoc::dispatch
