#pragma once

#include "cluster/resources/node_load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::desk {

/// Where a node can be asked.
struct node_doors {
  std::string node; ///< its name; empty: nobody is known
  std::string zmq;  ///< endpoint; empty: there is none
  std::string http; ///< URL; the same
  friend bool operator==(const node_doors&, const node_doors&) = default;
};

/// What keeps a core busy (transcodes and recognitions): how many run on a node's media hosts, and
/// how many may.
struct heavy_slots {
  std::uint32_t taken = 0;
  std::uint32_t of = 0;
  friend bool operator==(const heavy_slots&, const heavy_slots&) = default;
};

/// A node as it announces itself, and as this one sees it.
struct node_view {
  node_doors at;
  std::string incarnation; ///< of its process
  std::string version;
  std::vector<std::string> roles;
  std::vector<std::string> offers; ///< what work may need: "cores:8", "gpu", "zone:eu-1"
  std::int64_t since_unix_ms = 0;  ///< its process started; by its own clock
  std::int64_t beat_unix_ms = 0;   ///< it said so last; by its own clock
  bool here = false;               ///< it has said something within the last seconds
  /// "up" or "silent", or what the leader has found or been told: "cordoned", "draining", ...
  std::string state = {};
  std::string reason = {};              ///< of that; may be empty
  std::string by = {};                  ///< who has ordered it; empty: nobody has
  std::int64_t state_since_unix_ms = 0; ///< 0: not known
  std::string quarantine = {};          ///< evidence, whether it is there or not; empty: none
  bool leads = false;
  bool asked = false;                ///< it is the one that tells this
  std::uint32_t oldest_protocol = 0; ///< that it speaks with other nodes; 0: it does not say
  std::uint32_t newest_protocol = 0;
  std::optional<resources::node_load> load = {}; ///< nothing: its version does not say
  std::optional<heavy_slots> slots = {};         ///< only the leader knows them
  friend bool operator==(const node_view&, const node_view&) = default;
};

} // namespace vdoc::desk
