#include "net/zmq/local_endpoint.hpp"

#include <array>

namespace vdoc::net {

bool is_local(const std::string& endpoint) {
  constexpr std::array local{"tcp://127.", "tcp://localhost:", "tcp://[::1]:", "ipc://",
                             "inproc://"};
  for (const char* one : local)
    if (endpoint.starts_with(one))
      return true;
  return false;
}

} // namespace vdoc::net
