#pragma once

#include "cluster/desk/node_view.hpp"

#include <cstdint>
#include <string>

namespace vdoc::desk {

/// Why something was not done, in a form that every gateway can pass on.
enum class refusal : std::uint8_t {
  none,
  bad_request, ///< the caller's fault; saying it again is of no use
  forbidden,   ///< the caller's role or tenant does not allow it
  not_found,
  conflict,   ///< the job is in a state that does not allow it, or somebody else was faster
  over_quota, ///< the tenant has as much as it may have
  busy,       ///< overloaded, or the ledger is away: again after `retry_after_ms`
  not_leader, ///< only the node that leads the cluster can: ask `leader`
};

/// How a request ended. Without a refusal it is done and committed.
struct verdict {
  refusal why = refusal::none;
  std::string what; ///< one line: what is wrong, and whose fault it is
  /// What to do about it; of what is done, what follows from it. May be empty.
  std::string advice;
  std::uint32_t retry_after_ms = 0; ///< of `busy`, `over_quota` and `not_leader`
  node_doors leader = {};           ///< of `not_leader`, as far as it is known

  [[nodiscard]] bool ok() const noexcept { return why == refusal::none; }
};

} // namespace vdoc::desk
