#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/desk/gatekeeper.hpp"
#include "cluster/desk/poison.hpp"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace vdoc::net {

class doorkeeper;

/// The endpoint cannot be had, or must not be.
class cannot_listen : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct gateway_terms {
  std::string endpoint; ///< "tcp://127.0.0.1:5555", "ipc:///run/video-doc.sock"
  bool exposed = false; ///< it may be an address that other machines reach
  /// Who may come in, encrypted; null: everybody, and everybody may do everything.
  std::shared_ptr<doorkeeper> keys = {};
  std::shared_ptr<desk::poison_desk> poison = {}; ///< null: nothing is in quarantine
};

/// The ZeroMQ door of the service (docs/protocol.md): a ROUTER socket on a thread of its own, open
/// from construction to destruction. The desk outlives it.
class zmq_gateway {
public:
  /// Keys are given and taken through `keeper`; null: not at all. Throws `cannot_listen`.
  zmq_gateway(desk::desk& of, const gateway_terms& terms, desk::gatekeeper* keeper = nullptr);
  zmq_gateway(const zmq_gateway&) = delete;
  zmq_gateway& operator=(const zmq_gateway&) = delete;
  ~zmq_gateway();

  /// Where it listens: with the port that it was given for port 0 or *.
  [[nodiscard]] const std::string& address() const noexcept;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
