#include "actors/node/node_name.hpp"

#include "conf/settings.hpp"

#include <array>
#include <unistd.h>

namespace vdoc::node {

namespace {

/// Empty when it has none.
std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

} // namespace

std::string node_name_of(const conf::settings& settings) {
  if (!settings.cluster.name.empty())
    return settings.cluster.name;
  const auto machine = machine_name();
  return machine.empty() ? "node" : machine;
}

} // namespace vdoc::node
