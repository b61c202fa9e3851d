#pragma once

#include "cluster/desk/verdict.hpp"
#include "cluster/dispatch/host_loads.hpp"
#include "cluster/resources/node_load.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// How a node is inside, for those who run it.
namespace vdoc::desk {

/// One line of a node's supervision tree.
struct tree_branch {
  std::uint32_t depth = 0;
  std::string name;
  std::string strategy; ///< "one_for_one", "all_for_one"; empty: it supervises nobody
  std::string state;    ///< "up", "down"; of a media host "starting", "hung", ...
  std::uint32_t restarts = 0;
  std::string last_cause; ///< why it ended last; empty: it never did
};
/// From the root down, each before those below it.
struct tree_view {
  verdict how;
  std::string node;
  std::vector<tree_branch> branches = {};
};

/// A breaker in front of something that is not ours.
struct breaker_view {
  std::string name;               ///< "ledger", "source films.example"
  std::string state;              ///< "closed", "open", "half_open"
  std::uint32_t failures = 0;     ///< in a row
  std::int64_t since_unix_ms = 0; ///< it is in that state; 0: for as long as is known
  std::int64_t next_unix_ms = 0;  ///< when it is tried again; 0: it is closed, or being tried
  std::uint64_t waiting = 0;      ///< jobs behind it
  std::uint64_t holds = 0;        ///< jobs whose results lie there until they can be moved
};
struct breaker_views {
  verdict how;
  std::string node;
  std::vector<breaker_view> all = {};
};

/// An operator closes a breaker by hand: what waits behind it is tried at once.
struct breaker_reset {
  std::string name;  ///< as it is shown
  std::string cause; ///< for people; may be empty
};

/// Media hosts as the node that leads sees them.
struct host_views {
  verdict how;
  std::string node;            ///< which leads
  std::int64_t at_unix_ms = 0; ///< when it was so
  dispatch::host_loads all = {};
  std::map<std::string, resources::host_use> uses = {}; ///< of those whose nodes say it, by name
};

} // namespace vdoc::desk
