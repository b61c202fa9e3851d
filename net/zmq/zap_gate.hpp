#pragma once

#include "net/zmq/key_files.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace zmq {
class context_t;
class socket_t;
} // namespace zmq

namespace vdoc::net {

/// Encryption, and who may come in. As it is made: everybody, without encryption.
struct gate_terms {
  key_pair service; ///< empty: no keys are asked for, and `judge` is not asked
  enum class ruling : std::uint8_t {
    welcome,
    refused,
    later, ///< it is not known yet: the client tries again by itself
  };
  /// Of a public key in Z85. Any thread.
  std::function<ruling(const std::string& public_key)> judge;
  /// Somebody was refused. Any thread.
  std::function<void(const std::string& public_key)> on_refused;
};

/// Answers libzmq for the sockets of one context whether a client may come in (RFC 27/ZAP). Without
/// keys, too: it makes libzmq 4.3 turn away peers that speak ZMTP 1 or 2, or noise. One of those
/// that is just being greeted when a socket is closed makes libzmq abort the process. Has a thread
/// of its own; destroy it before the context, and after the sockets.
class zap_gate {
public:
  zap_gate(zmq::context_t& of, gate_terms with);
  zap_gate(const zap_gate&) = delete;
  zap_gate& operator=(const zap_gate&) = delete;
  ~zap_gate();

  /// Before it is bound.
  void guard(zmq::socket_t& socket) const;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
