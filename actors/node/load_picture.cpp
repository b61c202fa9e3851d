#include "actors/node/load_picture.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <cstdio>

namespace vdoc::node {

using nlohmann::json;

static std::string hundredths(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

static std::string mib(const json& from, const char* name) {
  return std::to_string(from.value(name, std::uint64_t{0})) + " MiB";
}

std::string load_picture(const json& node) {
  std::string words;
  if (node.contains("protocols")) {
    const auto oldest = std::to_string(node["protocols"].value("oldest", 0U));
    const auto newest = std::to_string(node["protocols"].value("newest", 0U));
    words += "  protocol " + (oldest == newest ? newest : oldest + "-" + newest);
  }
  if (node.contains("slots"))
    words += "  slots " + std::to_string(node["slots"].value("taken", 0U)) + "/" +
             std::to_string(node["slots"].value("of", 0U));
  if (!node.contains("load"))
    return words;
  const auto& load = node["load"];
  words += "  load " + hundredths(load.value("busy", 0.0)) + "  memory " +
           mib(load, "memory_free_mib") + " free";
  if (load.contains("disk_free_mib"))
    words += "  disk " + mib(load, "disk_free_mib") + " free";
  return words;
}

std::string use_picture(const json& host) {
  return host.contains("cpu")
             ? "  cpu " + hundredths(host.value("cpu", 0.0)) + "  memory " + mib(host, "memory_mib")
             : std::string{};
}

} // namespace vdoc::node
