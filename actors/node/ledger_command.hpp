#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace vdoc::node {

/// `video-doc ledger migrate` and `video-doc ledger check`: for whoever sets up or upgrades a
/// database apart from the service.
class ledger_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit ledger_command(CLI::App& program);
  ledger_command(const ledger_command&) = delete;
  ledger_command& operator=(const ledger_command&) = delete;

  /// Whether the command line asks for it.
  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0, or for `check` 1 when the tables are not those that this version needs, or when
  /// there is no database. Throws conf::settings_error.
  [[nodiscard]] int run() const;

private:
  [[nodiscard]] std::string database() const;

  CLI::App* command_ = nullptr;
  CLI::App* migrate_ = nullptr;
  std::string database_;
  std::optional<std::string> configuration_;
};

} // namespace vdoc::node
