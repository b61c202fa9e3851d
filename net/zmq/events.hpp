#pragma once

#include "cluster/desk/event_feed.hpp"
#include "net/zmq/gateway.hpp"

#include <memory>
#include <string>

namespace vdoc::net {

/// Tells events to everybody who subscribes to them (docs/protocol.md): a PUB socket on a thread of
/// its own, open from construction to destruction. Who reads too slowly misses events, and sees
/// that. While nobody listens an event costs nothing. The feed outlives it.
class zmq_events {
public:
  /// Throws `cannot_listen`.
  zmq_events(desk::event_feed& of, const gateway_terms& terms);
  zmq_events(const zmq_events&) = delete;
  zmq_events& operator=(const zmq_events&) = delete;
  ~zmq_events();

  /// Where it listens: with the port that it was given for port 0 or *.
  [[nodiscard]] const std::string& address() const noexcept;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
