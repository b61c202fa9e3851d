#pragma once

#include "cluster/resources/measures.hpp"
#include "cluster/resources/process_tree.hpp"
#include "cluster/uploads/upload_book.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::net {

/// What the metrics of a service are made of.
struct metrics_means {
  std::shared_ptr<const resources::measures> measures;
  std::function<std::int64_t()> steady_ms;
  std::function<resources::tree_use()> tree; ///< asked once a second at most
  std::filesystem::path folder;              ///< whose disk is looked at
  std::string version;
  std::function<uploads::upload_counts()> uploads = {}; ///< none: nothing is told of them
  std::function<std::vector<desk::tenant_view>()> tenants = {};
  /// Whether the node leads now; without it, it does. What only a leader measures is told then.
  std::function<bool()> leads = {};
};

/// The metrics of a service in the form of Prometheus (docs/metrics.md). Any thread.
class metrics {
public:
  explicit metrics(metrics_means with);
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;
  ~metrics();

  /// Text exposition format, version 0.0.4. Takes a few milliseconds.
  [[nodiscard]] std::string scrape() const;

private:
  friend class metrics_door;
  struct inside;
  std::shared_ptr<inside> inside_;
};

/// Throws std::runtime_error when metrics must not be told there (see `metrics_door`), so that
/// nothing need be started first. Empty: they are told nowhere.
void check_metrics_address(const std::string& address, bool exposed);

/// Serves GET /metrics to whoever connects, for Prometheus alone. Open from construction to
/// destruction.
class metrics_door {
public:
  /// "127.0.0.1:9464"; one that other machines reach only when `exposed`. Throws
  /// std::runtime_error when the address cannot be had, or must not be.
  metrics_door(const metrics& of, const std::string& address, bool exposed = false);
  metrics_door(const metrics_door&) = delete;
  metrics_door& operator=(const metrics_door&) = delete;
  ~metrics_door();

  /// With the port that it was given for port 0: "[::1]:9464".
  [[nodiscard]] const std::string& address() const noexcept { return address_; }

private:
  struct inside;
  std::unique_ptr<inside> inside_;
  std::string address_;
};

} // namespace vdoc::net
