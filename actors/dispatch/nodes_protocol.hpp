#pragma once

#include "cluster/dispatch/host_loads.hpp"
#include "cluster/dispatch/node_judge.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <set>
#include <string>
#include <vector>

namespace vdoc::dispatch {

// What MEMBERSHIP and DISPATCH say of nodes. All of it stays inside one process.

/// Nodes whose media hosts get nothing new, and keep what they have, from here on: those and no
/// others.
struct close_nodes {
  std::set<std::string> nodes;
  /// The same, but what is not heavy they get as long as other nodes can do what is.
  std::set<std::string> light = {};
  friend bool operator==(const close_nodes&, const close_nodes&) = default;
};

/// Asks for nodes whose work fails where that of others succeeds (node_judge). At most one
/// at a time, once, and only while other nodes can do what it does. By MEMBERSHIP, inside the
/// process.
struct find_bad_nodes {};
struct bad_nodes {
  std::vector<bad_node> all;
};
/// The node is let free: what was found against it counts no more.
struct forgive_node {
  std::string node;
};

/// How much of the slots a tenant may have next to others, from here on. By QUEUE, inside the
/// process.
struct set_share {
  std::string tenant;
  std::uint32_t share = 1;
};

/// Asks what media hosts do, until when, and what work costs there: host_loads. By DESK, inside the
/// process.
struct look_at_hosts {};

} // namespace vdoc::dispatch

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::close_nodes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::find_bad_nodes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::bad_nodes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::forgive_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::set_share)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::look_at_hosts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::dispatch::host_loads)
