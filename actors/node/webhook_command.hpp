#pragma once

#include "actors/node/service_home.hpp"

#include <string>

namespace vdoc::node {

/// `video-doc webhook secret`, `rotate`, `retire`: what receivers of webhooks verify them by. Works
/// on the folder of the service itself; a service that runs signs by it from the next letter on.
class webhook_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit webhook_command(CLI::App& program);
  webhook_command(const webhook_command&) = delete;
  webhook_command& operator=(const webhook_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0; 1 when that cannot be done, and why is on stderr. Throws conf::settings_error.
  [[nodiscard]] int run() const;

private:
  [[nodiscard]] int print_secret() const;
  [[nodiscard]] int change() const;

  service_home where_;
  CLI::App* command_;
  CLI::App* secret_;
  CLI::App* rotate_;
  CLI::App* retire_;
  std::string tenant_;
};

} // namespace vdoc::node
