#pragma once

#include "actors/node/service_folder.hpp"
#include "cluster/ledger/open_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace vdoc::node {

/// `--data` and `--config` of commands that work on what a service keeps, whether it runs or not:
/// whoever can write there needs no token. The command line is parsed into it: it has to stay where
/// it is.
class service_home {
public:
  service_home() = default;
  service_home(const service_home&) = delete;
  service_home& operator=(const service_home&) = delete;

  void describe(CLI::App& command);
  /// Makes it if need be. These two throw conf::settings_error.
  [[nodiscard]] service_folder folder() const;
  /// Throws ledger::cannot_open, too.
  [[nodiscard]] std::unique_ptr<ledger::store>
  open_ledger(ledger::purpose what_for = ledger::purpose::writing) const;

private:
  std::optional<std::string> configuration_;
  std::string folder_;
};

/// A line of the audit log, of now: the change comes from the command line.
ledger::document line_of_command(const std::string& what, const std::string& subject,
                                 const std::string& detail = {});

/// 0; or 1, and why not on stderr.
int write_or_complain(ledger::store& into, const std::vector<ledger::entry>& what);
int complain(const std::string& what, const std::string& advice = {});

} // namespace vdoc::node
