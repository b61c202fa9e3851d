#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace vdoc::node {

/// A supervision tree as `cluster tree` draws it. `branches` come from the root down, each before
/// those below it, with depth, name, strategy, state, restarts and last_cause.
///
///     node (one_for_one)
///     |- ledger  restarts 1, last: database gone
///     `- engine (all_for_one)
///        `- dispatch  down
std::string tree_picture(const nlohmann::json& branches);

} // namespace vdoc::node
