#include "net/zmq/client.hpp"

#include "net/zmq/request.hpp"
#include "net/zmq/sockets.hpp"

#include <cstdint>
#include <stdexcept>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace vdoc::net {

struct zmq_client::inside {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  std::uint64_t asked = 0;
};

zmq_client::zmq_client(const std::string& endpoint, const std::optional<key_file>& identity)
    : inside_{std::make_unique<inside>()} {
  connect(inside_->socket, endpoint, identity);
}

zmq_client::~zmq_client() = default;

std::optional<answer> zmq_client::ask(const std::string& verb, const std::string& body,
                                      std::chrono::milliseconds patience) {
  using clock = std::chrono::steady_clock;
  auto& socket = inside_->socket;
  const auto id = std::to_string(++inside_->asked);
  const std::vector<std::string> question{std::string{protocol_name}, id, verb, body};
  std::vector<zmq::const_buffer> parts;
  parts.reserve(question.size());
  for (const auto& one : question)
    parts.push_back(zmq::buffer(one));
  zmq::send_multipart(socket, parts);
  const auto until = clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
    if (left.count() <= 0)
      return std::nullopt;
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(left.count()));
    zmq::multipart_t reply;
    if (!reply.recv(socket) || reply.size() != question.size() || reply.peekstr(1) != id)
      continue; // too late, or the answer to a question that was given up
    return answer{reply.peekstr(2), reply.peekstr(3)};
  }
}

} // namespace vdoc::net
