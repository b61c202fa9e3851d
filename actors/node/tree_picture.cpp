#include "actors/node/tree_picture.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace vdoc::node {

namespace {

using nlohmann::json;

std::uint32_t depth_of(const json& branch) {
  return branch.value("depth", 0U);
}

/// Whether another one of its supervisor follows.
bool has_more_beside(const json& branches, std::size_t which) {
  const auto depth = depth_of(branches[which]);
  for (auto next = which + 1; next < branches.size() && depth_of(branches[next]) >= depth; ++next)
    if (depth_of(branches[next]) == depth)
      return true;
  return false;
}

std::string words_of(const json& branch) {
  auto words = branch.value("name", "");
  if (const auto strategy = branch.value("strategy", ""); !strategy.empty())
    words += " (" + strategy + ")";
  std::string more;
  const auto add = [&](const std::string& what) { more += (more.empty() ? "  " : ", ") + what; };
  if (const auto state = branch.value("state", ""); state != "up")
    add(state);
  if (const auto restarts = branch.value("restarts", 0U); restarts > 0)
    add("restarts " + std::to_string(restarts));
  if (const auto cause = branch.value("last_cause", ""); !cause.empty())
    add("last: " + cause);
  return words + more;
}

} // namespace

std::string tree_picture(const json& branches) {
  std::string picture;
  std::vector<bool> goes_on; ///< by depth, from 1: its line is drawn on beside what is below
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const auto depth = depth_of(branches[i]);
    goes_on.resize(depth);
    if (depth > 0) {
      goes_on.back() = has_more_beside(branches, i);
      for (std::size_t above = 0; above + 1 < depth; ++above)
        picture += goes_on[above] ? "|  " : "   ";
      picture += goes_on.back() ? "|- " : "`- ";
    }
    picture += words_of(branches[i]) + "\n";
  }
  return picture;
}

} // namespace vdoc::node
