#pragma once

#include "conf/roles.hpp"

#include <string>

namespace vdoc::conf {
struct settings;
} // namespace vdoc::conf

namespace vdoc::node {

/// The roles of this node, as its settings say.
conf::roles roles_of(const conf::settings& settings);

/// Why a node cannot work with these roles and the rest of its settings, and what to do about it,
/// in one line; "" when it can.
std::string complaint_about_roles(const conf::settings& settings);

} // namespace vdoc::node
