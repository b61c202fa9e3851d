#pragma once

#include <string>

namespace vdoc::conf {
struct settings;
} // namespace vdoc::conf

namespace vdoc::node {

/// Of this machine, or of this pod; empty when it has none.
std::string machine_name();

/// Of this node in its cluster: as it is called in the settings, else as the machine is.
std::string node_name_of(const conf::settings& settings);

} // namespace vdoc::node
