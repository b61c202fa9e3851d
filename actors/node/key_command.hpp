#pragma once

#include "actors/node/service_call.hpp"

#include <string>

namespace vdoc::node {

/// `video-doc key create`, `list`, `revoke`: who may ask a service (docs/protocol.md).
class key_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit key_command(CLI::App& program);
  key_command(const key_command&) = delete;
  key_command& operator=(const key_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0 done, 1 not all of it. Throws conf::settings_error, and std::runtime_error in
  /// words for people: refused, no answer, no such key.
  [[nodiscard]] int run() const;

private:
  void create() const;
  void list() const;
  void revoke() const;

  CLI::App* create_;
  CLI::App* list_;
  CLI::App* revoke_;
  service_place where_;
  std::string name_;
  std::string tenant_ = "default";
  std::string role_ = "publisher";
  std::string file_;
  bool json_ = false;
};

} // namespace vdoc::node
