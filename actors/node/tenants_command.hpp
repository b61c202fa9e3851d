#pragma once

#include "actors/node/service_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <utility>
#include <vector>

namespace vdoc::node {

/// `video-doc tenants`: what tenants of a service have and may have, and `set`, which changes that.
class tenants_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit tenants_command(CLI::App& program);
  tenants_command(const tenants_command&) = delete;
  tenants_command& operator=(const tenants_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0. Throws conf::settings_error, and std::runtime_error in words for people.
  [[nodiscard]] int run() const;

private:
  int show(service_call& to) const;
  int set(service_call& to) const;

  CLI::App* tenants_;
  CLI::App* set_;
  service_place place_;
  bool json_ = false;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> limits_; ///< name in JSON, what is said of it
};

} // namespace vdoc::node
