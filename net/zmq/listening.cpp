#include "net/zmq/listening.hpp"

#include "net/zmq/local_endpoint.hpp"

namespace vdoc::net {

std::string bind(zmq::socket_t& socket, const gateway_terms& terms) {
  if (!terms.keys && !terms.exposed && !is_local(terms.endpoint))
    throw cannot_listen{terms.endpoint + " can be reached from other machines, and no keys are "
                                         "asked for: set service.keys (or service.exposed)"};
  try {
    socket.bind(terms.endpoint);
  } catch (const zmq::error_t& why) {
    throw cannot_listen{"cannot listen on " + terms.endpoint + ": " + why.what()};
  }
  return socket.get(zmq::sockopt::last_endpoint);
}

} // namespace vdoc::net
