#pragma once

#include "cluster/desk/gatekeeper.hpp"
#include "cluster/resources/measures.hpp"
#include "net/zmq/key_files.hpp"
#include "net/zmq/zap_gate.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace vdoc::net {

/// Knows who may come in by key, for all doors over ZeroMQ. Counts who is refused, and says so in
/// the log once in a while. Any thread.
class doorkeeper {
public:
  struct means {
    service_keys keys; ///< the admin's is always let in
    std::shared_ptr<const desk::key_ring> ring;
    std::shared_ptr<resources::measures> measures;
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
    std::function<void(const std::string&)> say; ///< into the log
    /// Called when somebody comes before the ring is complete; must not block.
    std::function<void()> read_keys = [] {};
  };
  explicit doorkeeper(means with) : with_{std::move(with)} {}

  /// Who has this public key now. `door` is "zmq".
  [[nodiscard]] std::optional<desk::caller> find(const std::string& public_key) const;
  /// For a door that cannot tell tenants apart only those who see all tenants are let in.
  [[nodiscard]] gate_terms gate(bool only_who_sees_all);
  /// Goes up when somebody who may be inside is not welcome any more.
  [[nodiscard]] std::uint64_t removals() const { return with_.ring->removals(); }

private:
  [[nodiscard]] gate_terms::ruling judge(const std::string& public_key,
                                         bool only_who_sees_all) const;
  void count_refused(const std::string& public_key);

  means with_;
  std::mutex mutex_;
  std::uint64_t unsaid_ = 0;
  std::optional<std::chrono::steady_clock::time_point> said_;
};

} // namespace vdoc::net
