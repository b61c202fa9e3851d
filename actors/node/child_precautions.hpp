#pragma once

#include <cstdint>

namespace vdoc::node {

/// First thing in a child process of the node `parent` (0: of nobody): ties its life to the node's,
/// lets it ignore end signals, which are the node's affair, leaves no core files, gives it 4,096
/// descriptors and no message queues, and makes it the first to go when memory runs out.
/// `memory_limit_mib` is of private memory (RLIMIT_DATA); 0: none. False: the node is gone already.
bool take_precautions(std::int32_t parent, std::uint32_t memory_limit_mib);

} // namespace vdoc::node
