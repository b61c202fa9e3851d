#pragma once

#include "cluster/desk/cluster_views.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::desk {

/// {"node": "a", "tree": [...]}: the branches in the order of the tree, each with its depth.
std::string to_json(const tree_view& what);
/// {"node": "a", "breakers": [...]}
std::string to_json(const breaker_views& what);

/// {"node": "a", "at": "...", "hosts": [...], "jobs": [...], "costs": [...]}, a thousand of each at
/// most; "more_hosts" and the like say how many were left out.
std::string to_json(const host_views& what);

/// What a CLUSTER request wants.
enum class cluster_question : std::uint8_t {
  nodes,
  tree,
  breakers,
  hosts,
  poison,
  reset,
  lift,
  order
};
/// By what it says: {"show": "tree"}, "breakers", "hosts" or "quarantine" (of contents); nothing:
/// the nodes; with a "breaker" its reset, with a "content" the end of its quarantine; otherwise it
/// is an order on a node, or nonsense.
cluster_question cluster_question_in(std::string_view json);

} // namespace vdoc::desk
