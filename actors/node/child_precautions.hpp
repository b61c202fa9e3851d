#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::node {

/// First thing in a child process of the node `parent` (0: of nobody): ties its life to the node's,
/// lets it ignore end signals, which are the node's affair, leaves no core files, gives it 4,096
/// descriptors and no message queues, and makes it the first to go when memory runs out.
/// `memory_limit_mib` is of private memory (RLIMIT_DATA); 0: none. False: the node is gone already.
bool take_precautions(std::int32_t parent, std::uint32_t memory_limit_mib);

/// The whole of a child that does one thing and ends: takes precautions, then does its `work`.
/// `words` of its command line: the node's pid, MiB of memory. Returns its exit code: 0 done, 1 the
/// node is gone or `work` has thrown, which is said on standard output, 2 other words.
int do_one_thing(const std::vector<std::string>& words, const std::function<void()>& work);

} // namespace vdoc::node
