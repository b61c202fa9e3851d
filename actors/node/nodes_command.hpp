#pragma once

#include "actors/node/service_call.hpp"

#include <nlohmann/json_fwd.hpp>

namespace CLI { // NOLINT(readability-identifier-naming)
class App;
}

namespace vdoc::node {

/// `video-doc cluster status`, `nodes`, `leader`: what a service knows of the nodes of its cluster;
/// `quarantine`: what is left alone since it does harm; `tree`, `breakers`, `hosts`: how a node is
/// inside, and what runs; `cordon`, `uncordon`, `drain`:
/// what an operator orders of one.
class nodes_command {
public:
  /// The command line is parsed into it: it has to stay where it is. After `cluster_command`.
  explicit nodes_command(CLI::App& program);
  nodes_command(const nodes_command&) = delete;
  nodes_command& operator=(const nodes_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0, or 1 when nobody leads. Throws `refused`.
  [[nodiscard]] int run() const;

private:
  [[nodiscard]] bool is_order() const;
  [[nodiscard]] int give_order() const;
  [[nodiscard]] int show() const;
  [[nodiscard]] int show_tree() const;
  [[nodiscard]] int show_breakers() const;
  [[nodiscard]] int reset_breaker() const;
  /// With the cause, if there is one.
  [[nodiscard]] int order(nlohmann::json what) const;
  [[nodiscard]] int show_hosts() const;
  [[nodiscard]] int show_quarantine(const nlohmann::json& nodes) const;
  [[nodiscard]] int show_contents() const;
  [[nodiscard]] int lift() const;

  CLI::App* status_;
  CLI::App* nodes_;
  CLI::App* leader_;
  CLI::App* quarantine_;
  CLI::App* contents_;
  CLI::App* lift_;
  CLI::App* tree_;
  CLI::App* breakers_;
  CLI::App* reset_;
  CLI::App* hosts_;
  CLI::App* cordon_;
  CLI::App* uncordon_;
  CLI::App* drain_;
  service_place where_;
  bool json_ = false;
  std::string node_;
  std::string breaker_;
  std::string content_;
  std::string cause_;
};

} // namespace vdoc::node
