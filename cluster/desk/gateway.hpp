#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/desk/feed.hpp"

#include <functional>
#include <memory>
#include <string>

namespace vdoc::desk {

/// A door of the service: ZeroMQ, HTTP. Has threads of its own, and is open from its construction
/// to its destruction; what goes wrong at the start is thrown as a std::exception that says what to
/// do about it.
class gateway {
public:
  virtual ~gateway() = default;
  /// Where it is to be found, for people: "http://127.0.0.1:8080".
  [[nodiscard]] virtual std::string address() const = 0;
  /// Takes nothing new from here on; who waits for an answer still gets it.
  virtual void stop() = 0;
};

/// Opens a gateway. Desk and feed outlive it.
using gateway_opener =
    std::function<std::unique_ptr<gateway>(desk& of, const std::shared_ptr<feed>& news)>;

} // namespace vdoc::desk
