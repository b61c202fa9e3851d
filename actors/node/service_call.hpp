#pragma once

#include "conf/settings.hpp"
#include "net/zmq/client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace vdoc::node {

/// The service refused, or did not answer; `what()` is for people.
class refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Where a service is and who asks it: what commands of a client have on their lines.
struct service_place {
  std::optional<std::string> configuration;
  std::string endpoint; ///< empty: as the settings say
  std::string identity; ///< file of keys; empty: as the settings say
  double patience_s = 10;

  void describe(CLI::App& command);
  [[nodiscard]] conf::settings settings() const;
  [[nodiscard]] std::string endpoint_of(const conf::settings& all) const;
  /// Nothing when no keys are needed. Throws net::bad_key_file.
  [[nodiscard]] std::optional<net::key_file> identity_of(const conf::settings& all) const;
};

/// Asks a service. One thread.
class service_call {
public:
  /// Throws conf::settings_error, net::bad_key_file.
  explicit service_call(const service_place& where);

  /// Throws `refused`.
  nlohmann::json ask(const std::string& verb, const nlohmann::json& body);
  /// What is said when there is no answer.
  [[nodiscard]] std::string silence() const;
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return patience_; }
  [[nodiscard]] const std::optional<net::key_file>& identity() const noexcept { return identity_; }

private:
  std::string endpoint_;
  std::optional<net::key_file> identity_;
  std::chrono::milliseconds patience_;
  net::zmq_client service_;
};

/// "message; advice" of an answer that is an error.
std::string words_of(const nlohmann::json& answer);

} // namespace vdoc::node
