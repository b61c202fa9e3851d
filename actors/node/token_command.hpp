#pragma once

#include <optional>
#include <string>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace vdoc::node {

/// `video-doc token create`, `list`, `revoke`: who may ask a service over HTTP. Works on the ledger
/// itself, whether a service runs or not: whoever can write there needs no token. A service that
/// runs knows of it within five seconds.
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
  [[nodiscard]] std::string database() const;
  [[nodiscard]] int create() const;
  [[nodiscard]] int list() const;
  [[nodiscard]] int revoke() const;

  CLI::App* command_ = nullptr;
  CLI::App* create_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* revoke_ = nullptr;
  std::optional<std::string> configuration_;
  std::string folder_;
  std::string name_;
  std::string tenant_ = "default";
  std::string role_ = "publisher";
  std::string id_;
  bool json_ = false;
};

} // namespace vdoc::node
