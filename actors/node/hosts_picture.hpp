#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace vdoc::node {

/// Media hosts as `cluster hosts` shows them, from its JSON: what runs and when it is expected to
/// be over, then jobs, then what work costs on a node next to the mean of all nodes.
///
///     a/host-1  node a  heavy 1/1  demux 0/2  slowness 1.0
///       transcode  <job>  since 12 s, 3 s more
std::string hosts_picture(const nlohmann::json& seen);

} // namespace vdoc::node
