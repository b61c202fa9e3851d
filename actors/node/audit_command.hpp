#pragma once

#include "actors/node/service_home.hpp"

#include <cstdint>
#include <string>

namespace vdoc::node {

/// `video-doc audit`: who has changed what, the newest first. Reads the ledger itself.
class audit_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit audit_command(CLI::App& program);
  audit_command(const audit_command&) = delete;
  audit_command& operator=(const audit_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0; 1 when the ledger cannot be read, or a time is none. Throws
  /// conf::settings_error.
  [[nodiscard]] int run() const;

private:
  [[nodiscard]] int print() const;

  service_home where_;
  CLI::App* command_;
  std::string who_, what_, subject_, from_, until_;
  std::uint64_t most_ = 100;
  bool json_ = false;
};

} // namespace vdoc::node
