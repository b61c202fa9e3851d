#pragma once

#include "actors/node/service_home.hpp"

#include <string>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace vdoc::node {

/// `video-doc token create`, `list`, `revoke`: who may ask a service over HTTP. Works on the ledger
/// itself. A service that runs knows of it within five seconds.
class token_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit token_command(CLI::App& program);
  token_command(const token_command&) = delete;
  token_command& operator=(const token_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0; 1 when there is no such token, or the ledger does not take it. Throws
  /// conf::settings_error.
  [[nodiscard]] int run() const;

private:
  CLI::App* add(const char* name, const char* what);
  [[nodiscard]] int create() const;
  [[nodiscard]] int list() const;
  [[nodiscard]] int revoke() const;

  CLI::App* command_ = nullptr;
  CLI::App* create_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* revoke_ = nullptr;
  service_home where_;
  std::string name_;
  std::string tenant_ = "default";
  std::string role_ = "publisher";
  std::string id_;
  bool json_ = false;
};

} // namespace vdoc::node
