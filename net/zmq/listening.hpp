#pragma once

#include "net/zmq/gateway.hpp"

#include <string>
#include <zmq.hpp>

namespace vdoc::net {

/// Binds, and gives the address with the port that it was given. Throws `cannot_listen`. Inside of
/// net/zmq.
std::string bind(zmq::socket_t& socket, const gateway_terms& terms);

} // namespace vdoc::net
