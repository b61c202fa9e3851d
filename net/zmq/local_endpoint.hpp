#pragma once

#include <string>

namespace vdoc::net {

/// Whether only this machine reaches an endpoint of ZeroMQ.
bool is_local(const std::string& endpoint);

} // namespace vdoc::net
