#include "net/zmq/events.hpp"

#include "net/zmq/event_frames.hpp"
#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <zmq.hpp>

namespace vdoc::net {

namespace {

constexpr int most_for_one = 10'000;          ///< events that one listener may have waiting
constexpr std::size_t most_waiting = 100'000; ///< events that wait for the socket's thread
constexpr std::int64_t longest_topic = 1'024;

} // namespace

struct zmq_events::inside {
  const std::string feed_id;
  zmq::context_t context{1};
  /// XPUB is a PUB that says when somebody subscribes.
  zmq::socket_t socket{context, zmq::socket_type::xpub};
  outbox<desk::feed_item> events;
  std::string address;
  std::atomic<std::size_t> subscriptions{0}; ///< topics that somebody listens to
  std::atomic<bool> over{false};
  std::thread thread;
  desk::event_feed::subscription ear;

  explicit inside(const desk::event_feed& of) : feed_id{of.id()} {}

  void take_subscriptions();
  void run();
};

/// One frame each, of which the first byte is 1 (the first to want a topic) or 0 (the last).
void zmq_events::inside::take_subscriptions() {
  for (auto frames = receive(socket, 1); !frames.empty(); frames = receive(socket, 1)) {
    const auto& first = frames.front();
    if (!first.empty() && first.front() == 1)
      ++subscriptions;
    else if (!first.empty() && first.front() == 0 && subscriptions > 0)
      --subscriptions;
  }
}

void zmq_events::inside::run() {
  std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, events.descriptor(), ZMQ_POLLIN, 0}};
  while (!over) {
    wait(items);
    if ((items[0].revents & ZMQ_POLLIN) != 0)
      take_subscriptions();
    for (const auto& event : events.take())
      send(socket, write_event(feed_id, *event));
  }
}

zmq_events::zmq_events(desk::event_feed& of, const gateway_terms& terms)
    : inside_{std::make_unique<inside>(of)} {
  auto& all = *inside_;
  all.socket.set(zmq::sockopt::maxmsgsize, longest_topic);
  all.socket.set(zmq::sockopt::sndhwm, most_for_one);
  all.socket.set(zmq::sockopt::linger, 0);
  all.address = net::bind(all.socket, terms);
  all.ear = of.subscribe([to = inside_.get()](const desk::feed_item& event) {
    if (to->subscriptions > 0)
      to->events.put(event, most_waiting);
  });
  all.thread = std::thread{[to = inside_.get()] { to->run(); }};
}

zmq_events::~zmq_events() {
  inside_->ear.reset();
  inside_->over = true;
  inside_->events.wake();
  inside_->thread.join();
}

const std::string& zmq_events::address() const noexcept {
  return inside_->address;
}

} // namespace vdoc::net
