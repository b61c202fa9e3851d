#pragma once

#include "net/zmq/client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace vdoc::node {

/// The service said no, or nothing; what it said. The exit code is 1.
class refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Where a service is and how long it may take to answer, as flags and settings say.
struct service_place {
  std::optional<std::string> configuration;
  std::string endpoint; ///< instead of service.zmq
  double patience_s = 10;

  /// --zmq, --config and --timeout. The flags write into it: it has to stay where it is.
  void describe(CLI::App& command);
  /// Throws conf::settings_error.
  [[nodiscard]] std::string where() const;
};

/// What an answer that is an error says, with its advice.
std::string words_of(const nlohmann::json& answer);

/// A connection to a service, one question at a time.
class service_line {
public:
  explicit service_line(const service_place& to);
  /// The body of the answer. Throws `refused`.
  nlohmann::json ask(const std::string& verb, const nlohmann::json& body);

private:
  std::string where_;
  std::chrono::milliseconds patience_;
  net::zmq_client client_;
};

} // namespace vdoc::node
