#pragma once

#include "actors/fetcher/protocol.hpp"
#include "actors/fetcher/rules.hpp"
#include "actors/supervision/child_process.hpp"
#include "net/http/fetch.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::fetcher {

/// What FETCHER needs of the world. Everything is called on its thread.
struct means {
  net::fetch_limits limits;                                  ///< of the fetch
  std::vector<std::string> schemes{"file", "http", "https"}; ///< that sources may have
  fetcher_limits patience;                                   ///< with the process
  /// The program and its words; its input is an errand. FETCHER fills in the rest.
  std::function<supervision::launch_order()> order;
  std::function<std::unique_ptr<supervision::process>(supervision::launch_order)> start =
      supervision::launch; ///< may throw
  bool detached = true;    ///< starting processes blocks for milliseconds; false in stepped tests
};

/// Starts a FETCHER, for one source. Whoever asks it has to cancel what is not wanted any more.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::fetcher
