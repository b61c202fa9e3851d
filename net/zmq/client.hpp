#pragma once

#include "net/zmq/key_files.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace vdoc::net {

/// The answer of a service.
struct answer {
  std::string code; ///< "OK", or of an error
  std::string body; ///< JSON
  [[nodiscard]] bool ok() const noexcept { return code == "OK"; }
};

/// Asks a service over ZeroMQ, one question at a time. One thread.
class zmq_client {
public:
  /// Throws std::runtime_error when the endpoint is none. Without an identity nothing is encrypted.
  explicit zmq_client(const std::string& endpoint, const std::optional<key_file>& identity = {});
  zmq_client(const zmq_client&) = delete;
  zmq_client& operator=(const zmq_client&) = delete;
  ~zmq_client();

  /// Nothing when there is no answer in time: whether the service has done it is not known.
  std::optional<answer> ask(const std::string& verb, const std::string& body,
                            std::chrono::milliseconds patience);

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
