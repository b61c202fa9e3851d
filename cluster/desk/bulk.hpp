#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::desk {

/// What became of an order to many jobs.
struct bulk_result {
  verdict how; ///< refused as a whole; nothing was done
  std::uint32_t done = 0;
  std::vector<std::pair<std::string, verdict>> refused; ///< by job id
  bool more = false; ///< there may be further jobs that the filter matches
};

/// Has something done on a thread that ends before the desk does, or not at all any more.
using hop = std::function<void(std::function<void()>)>;

/// One order to the newest jobs that a filter matches, at most `most` (up to 1,000). Each is done
/// or refused by itself. Answered within twice the time of a desk's call, on a thread of the
/// service, unless `hop` does nothing any more.
void order_all(desk& of, const caller& who, ledger::job_filter which, const job_order& what,
               std::uint32_t most, const hop& on_own_thread, const then<bulk_result>& answer);

} // namespace vdoc::desk
