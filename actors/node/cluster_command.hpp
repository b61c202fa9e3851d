#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI { // NOLINT(readability-identifier-naming)
class App;
}

namespace vdoc::node {

/// `video-doc cluster init-ca`, `issue`, `revoke`, `check`: the certificates of a cluster's nodes.
/// All of it works on files, and asks no service.
class cluster_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit cluster_command(CLI::App& program);
  cluster_command(const cluster_command&) = delete;
  cluster_command& operator=(const cluster_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0 done, 1 `check` has found something. Throws std::runtime_error in words for
  /// people: there is no authority, no such node, the disk refuses.
  [[nodiscard]] int run() const;

private:
  void init_authority() const;
  void issue() const;
  void revoke() const;
  [[nodiscard]] int check() const;

  CLI::App* init_;
  CLI::App* issue_;
  CLI::App* revoke_;
  CLI::App* check_;
  std::string authority_ = "cluster-ca";
  std::string node_;
  std::string which_;
  std::string folder_;
  std::vector<std::string> dns_;
  std::vector<std::string> ip_;
  int days_ = 90;
};

} // namespace vdoc::node
