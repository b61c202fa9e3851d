#pragma once

#include "conf/settings.hpp"
#include "net/zmq/client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

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
  std::string endpoint; ///< one or several, separated by commas; empty: as the settings say
  std::string identity; ///< file of keys; empty: as the settings say
  double patience_s = 10;

  void describe(CLI::App& command);
  [[nodiscard]] conf::settings settings() const;
  [[nodiscard]] std::chrono::milliseconds patience() const;
  [[nodiscard]] std::string endpoint_of(const conf::settings& all) const;
  /// Nothing when no keys are needed. Throws net::bad_key_file.
  [[nodiscard]] std::optional<net::key_file> identity_of(const conf::settings& all) const;
};

/// Asks a service. One thread.
class service_call {
public:
  /// Throws conf::settings_error, net::bad_key_file.
  explicit service_call(const service_place& where);

  /// Asks the leader where only that can do it, and another node where one does not answer. Throws
  /// `refused`.
  nlohmann::json ask(const std::string& verb, const nlohmann::json& body);
  /// What is said when there is no answer.
  [[nodiscard]] std::string silence() const;
  /// The one that was asked last.
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoints_.at(at_); }
  /// Turns to the node that leads, if one is known: for what others would not refuse, and do worse.
  void turn_to_leader();
  [[nodiscard]] bool has_several() const noexcept { return endpoints_.size() > 1; }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return patience_; }
  [[nodiscard]] const std::optional<net::key_file>& identity() const noexcept { return identity_; }

private:
  void turn_to(const std::string& endpoint);
  bool follow(const nlohmann::json& answer);

  std::vector<std::string> endpoints_; ///< as given; the leader's is added when we are sent there
  std::size_t at_ = 0;
  std::optional<net::key_file> identity_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<net::zmq_client> service_;
};

/// "message; advice" of an answer that is an error.
std::string words_of(const nlohmann::json& answer);

} // namespace vdoc::node
