#pragma once

#include "cluster/membership/member.hpp"

namespace vdoc::membership {

/// Versions of the protocol between nodes that this program speaks. In a library of its own, so
/// that a program of another version can be linked to see both work together.
protocol_range own_protocols();

} // namespace vdoc::membership
