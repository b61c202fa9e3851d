#pragma once

#include "cluster/resources/node_load.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace vdoc::desk {

/// 150 % of one core: 1.5
inline double in_cores(std::uint32_t percent) {
  constexpr double whole = 100;
  return static_cast<double>(percent) / whole;
}

/// How busy a node is, as it is shown; see docs/protocol.md.
inline nlohmann::ordered_json to_ordered_json(const resources::node_load& what) {
  nlohmann::ordered_json load{{"busy", in_cores(what.busy_percent)},
                              {"memory_free_mib", what.memory_free_mib}};
  if (what.disk_free_mib >= 0)
    load["disk_free_mib"] = what.disk_free_mib;
  load["hosts"] = nlohmann::ordered_json::array();
  for (const auto& one : what.hosts)
    load["hosts"].push_back(
        {{"name", one.host}, {"cpu", in_cores(one.cpu_percent)}, {"memory_mib", one.memory_mib}});
  return load;
}

} // namespace vdoc::desk
