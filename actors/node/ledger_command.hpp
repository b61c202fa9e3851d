#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace vdoc::node {

/// `video-doc ledger ...`: for whoever sets up or upgrades a database of jobs, or wants to know
/// what is in it, whether a service runs or not.
class ledger_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit ledger_command(CLI::App& program);
  ledger_command(const ledger_command&) = delete;
  ledger_command& operator=(const ledger_command&) = delete;

  /// Whether the command line asks for it.
  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0; 1 when there is no such database or job, or when `check` finds tables other than
  /// those that this version needs. Throws conf::settings_error.
  [[nodiscard]] int run() const;

private:
  CLI::App* add(const char* name, const char* what);
  [[nodiscard]] std::string database(bool to_read) const;
  [[nodiscard]] int migrate() const;
  [[nodiscard]] int check() const;
  [[nodiscard]] int list_jobs() const;
  [[nodiscard]] int list_history() const;

  CLI::App* command_ = nullptr;
  CLI::App* migrate_ = nullptr;
  CLI::App* check_ = nullptr;
  CLI::App* jobs_ = nullptr;
  std::string database_;
  std::optional<std::string> configuration_;
  std::vector<std::string> states_;
  std::string text_;
  std::uint32_t most_ = 100;
  std::string job_id_;
  bool json_ = false;
  bool follow_ = false;
};

} // namespace vdoc::node
