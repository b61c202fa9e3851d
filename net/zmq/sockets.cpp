#include "net/zmq/sockets.hpp"

#include <cerrno>

namespace vdoc::net {

void wait(std::span<zmq::pollitem_t> items, std::chrono::milliseconds at_most) {
  for (auto& one : items)
    one.revents = 0;
  try {
    zmq::poll(items.data(), items.size(), at_most);
  } catch (const zmq::error_t& why) {
    if (why.num() != EINTR)
      throw;
  }
}

std::vector<std::string> receive(zmq::socket_t& from, std::size_t most, std::string* key) {
  std::vector<std::string> frames;
  zmq::message_t part;
  do {
    if (!from.recv(part, zmq::recv_flags::dontwait))
      return {};
    if (key != nullptr)
      if (const char* who = zmq_msg_gets(part.handle(), "User-Id"))
        *key = who;
    if (frames.size() < most)
      frames.push_back(part.to_string());
  } while (part.more());
  return frames;
}

void connect(zmq::socket_t& socket, const std::string& endpoint,
             const std::optional<key_file>& identity) {
  socket.set(zmq::sockopt::linger, 0);
  if (identity) {
    socket.set(zmq::sockopt::curve_serverkey, identity->server_key);
    socket.set(zmq::sockopt::curve_publickey, identity->mine.public_key);
    socket.set(zmq::sockopt::curve_secretkey, identity->mine.secret_key);
  }
  try {
    socket.connect(endpoint);
  } catch (const zmq::error_t& why) {
    throw std::runtime_error{"cannot connect to " + endpoint + ": " + why.what()};
  }
}

void send(zmq::socket_t& to, const std::vector<std::string>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto more = i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
    if (!to.send(zmq::buffer(frames[i]), more | zmq::send_flags::dontwait))
      return;
  }
}

} // namespace vdoc::net
