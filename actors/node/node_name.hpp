#pragma once

#include <string>

namespace vdoc::conf {
struct settings;
} // namespace vdoc::conf

namespace vdoc::node {

/// Of this node in its cluster: as it is called in the settings, else as the machine or the pod is.
std::string node_name_of(const conf::settings& settings);

} // namespace vdoc::node
