#pragma once

#include "cluster/dispatch/stage.hpp"
#include "cluster/dispatch/urgency.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::dispatch {

/// What a piece of work is expected to cost, and what is learned from it when it is over.
struct expense {
  std::string work;            ///< what costs alike: "h264 1920x1080 veryfast"; empty: not learned
  std::uint32_t units = 1;     ///< what the cost grows with: milliseconds of media
  std::uint32_t moving_ms = 0; ///< more where the bytes are not
};

/// How words begin by which a host says what it has done already: "kept:" and `task::kept`.
inline constexpr std::string_view kept_offer = "kept:";

/// A piece of work that waits for a slot.
struct task {
  std::string id;
  std::string job;
  stage kind = stage::transcode;
  std::int32_t priority = 0; ///< higher first, over all jobs of one urgency
  std::uint32_t index = 0;   ///< lower first, inside (priority, job)
  std::string affinity;      ///< may be empty
  std::string tenant = {};   ///< of the job; a job keeps the one that it came with
  urgency haste = urgency::batch;
  std::vector<std::string> needs = {}; ///< a host has to offer all of these
  std::string near = {};               ///< node where the bytes are; empty: all are equally far
  expense cost = {};
  /// Node where it has failed: it goes elsewhere, unless no other node can do it.
  std::optional<std::string> avoid = {};
  std::string kept = {}; ///< key under which some host may have done it already; may be empty
  bool maybe_elsewhere = false; ///< its job has a new leader, and hosts of the one before may come
};

/// How a task ended, as far as it says something of the node where it ran.
enum class task_end : std::uint8_t {
  unsaid,
  done,
  failed ///< not by the fault of the source, as far as is known
};

/// Where a host runs, and what it can do.
struct host_place {
  std::string node;
  std::vector<std::string> offers; ///< words: "gpu", "encoder:x264enc", "zone:eu-1"
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, expense& x) {
  return f(x.work, x.units, x.moving_ms);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_place& x) {
  return f(x.node, x.offers);
}

} // namespace vdoc::dispatch
