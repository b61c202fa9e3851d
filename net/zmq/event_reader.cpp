#include "net/zmq/event_reader.hpp"

#include "net/zmq/sockets.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace vdoc::net {

struct event_reader::inside {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::sub};
};

event_reader::event_reader(const std::string& endpoint, const std::optional<key_file>& identity)
    : inside_{std::make_unique<inside>()} {
  connect(inside_->socket, endpoint, identity);
}

event_reader::~event_reader() = default;

void event_reader::subscribe(const std::string& topic) {
  inside_->socket.set(zmq::sockopt::subscribe, topic);
}

void event_reader::unsubscribe(const std::string& topic) {
  inside_->socket.set(zmq::sockopt::unsubscribe, topic);
  std::erase_if(newest_, [&](const auto& each) { return each.first.starts_with(topic); });
}

std::optional<event_reader::next_event> event_reader::next(std::chrono::milliseconds patience) {
  constexpr std::size_t most_frames = 4;
  std::array items{zmq::pollitem_t{inside_->socket.handle(), 0, ZMQ_POLLIN, 0}};
  if (zmq::poll(items, patience) == 0)
    return std::nullopt;
  const auto what = read_event(receive(inside_->socket, most_frames));
  if (!what)
    return std::nullopt;
  if (std::exchange(feed_, what->feed) != what->feed)
    newest_.clear();
  const auto last = std::exchange(newest_[what->topic], what->number);
  return next_event{*what,
                    last != 0 && what->before_in_topic != 0 && what->before_in_topic != last};
}

} // namespace vdoc::net
