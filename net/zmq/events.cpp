#include "net/zmq/events.hpp"

#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/listening.hpp"
#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"
#include "net/zmq/told_event.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <zmq.hpp>

namespace vdoc::net {

namespace {

constexpr int most_for_one = 10'000;          ///< events that one listener may have waiting
constexpr std::size_t most_waiting = 100'000; ///< events that wait for the socket's thread
constexpr std::int64_t longest_topic = 1'024;
constexpr int longest_handshake_ms = 5'000;
constexpr std::chrono::milliseconds between_looks_at_keys{250};
constexpr std::chrono::milliseconds forever{-1};
constexpr std::chrono::milliseconds between_tries{20};
constexpr int most_tries = 250;

} // namespace

struct zmq_events::inside {
  const std::string feed_id;
  gateway_terms terms;
  zmq::context_t context{1};
  zap_gate gate{context, terms.keys ? terms.keys->gate(true) : gate_terms{}};
  zmq::socket_t socket;
  outbox<desk::feed_item> events;
  std::string address;
  std::atomic<std::size_t> subscriptions{0}; ///< topics that somebody listens to
  std::atomic<bool> over{false};
  std::thread thread;
  desk::event_feed::subscription ear;

  inside(const desk::event_feed& of, gateway_terms with)
      : feed_id{of.id()}, terms{std::move(with)} {}

  void open();
  void open_anew();
  void take_subscriptions();
  void run();
};

void zmq_events::inside::open() {
  // XPUB is a PUB that says when somebody subscribes.
  socket = zmq::socket_t{context, zmq::socket_type::xpub};
  socket.set(zmq::sockopt::maxmsgsize, longest_topic);
  socket.set(zmq::sockopt::sndhwm, most_for_one);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::handshake_ivl, longest_handshake_ms);
  gate.guard(socket);
  address = net::bind(socket, terms);
}

/// A listener cannot be put out one by one: all are, and those with a key come back by themselves.
void zmq_events::inside::open_anew() {
  subscriptions = 0;
  terms.endpoint = address; // the port that they know
  socket.close();
  for (int tries = 1;; ++tries) {
    try {
      return open();
    } catch (const cannot_listen&) { // libzmq closes in the background
      if (tries == most_tries)
        return; // nobody hears anything, rather than somebody who must not
      std::this_thread::sleep_for(between_tries);
    }
  }
}

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
  auto removals = terms.keys ? terms.keys->removals() : 0;
  while (!over) {
    std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                     zmq::pollitem_t{nullptr, events.descriptor(), ZMQ_POLLIN, 0}};
    wait(items, terms.keys ? between_looks_at_keys : forever);
    if (terms.keys && std::exchange(removals, terms.keys->removals()) != removals) {
      open_anew();
      continue;
    }
    if ((items[0].revents & ZMQ_POLLIN) != 0)
      take_subscriptions();
    for (const auto& event : events.take())
      send(socket, write_event(feed_id, *event));
  }
}

zmq_events::zmq_events(desk::event_feed& of, const gateway_terms& terms)
    : inside_{std::make_unique<inside>(of, terms)} {
  auto& all = *inside_;
  all.open();
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
