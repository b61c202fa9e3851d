#pragma once

#include "actors/queue/entry.hpp"
#include "actors/queue/retry.hpp"
#include "cluster/resources/breaker.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::queue {

/// What is seen of the breaker of a source host.
struct source_breaker_view {
  std::string host;
  resources::breaker::position where = resources::breaker::position::closed;
  std::uint64_t parked = 0;
  std::uint32_t failures = 0; ///< in a row
  std::int64_t since_ms = 0;  ///< it is not closed; 0: it is
  std::int64_t next_ms = 0;   ///< of the next trial, while it is open; 0: it is not
};

/// The breakers in front of source hosts, and the jobs that wait behind them. While a host is down
/// its jobs are parked; now and then one of them is let through as a probe for all.
class source_gate {
public:
  explicit source_gate(const resources::breaker_terms& terms) : terms_{terms} {}

  /// The number of a source's host for `entry::source_host`; 0 of a file. A hash: hosts that never
  /// failed take no memory.
  static std::uint32_t number_of(std::string_view host);

  /// Whether a job may start now as far as its host goes. It may have become the probe.
  bool lets_through(entry& one, std::int64_t now_ms);
  void park(entry& one);
  /// The job is parked here no more.
  void take_out(entry& one);

  /// An attempt ended by a fault of the host.
  void failed(const entry& one, const std::string& host, std::int64_t now_ms);
  /// The host has answered.
  void answered(const entry& one);
  /// An operator says so: it is taken for one that has answered.
  void reset(const std::string& host);
  /// A probe ended without saying anything about the host.
  void withdrawn(const entry& one, std::int64_t now_ms);

  /// Takes out at most `most` parked jobs that may go: all of hosts that are up again, and a probe
  /// for each that has waited long enough, rather one that `can_start`.
  template <class CanStart>
  std::vector<entry*> released(std::int64_t now_ms, std::size_t most, CanStart can_start);
  [[nodiscard]] std::optional<std::int64_t> wait_ms(std::int64_t now_ms) const;
  [[nodiscard]] std::vector<source_breaker_view> views() const;

private:
  struct gate {
    resources::breaker breaker;
    std::string host;
    std::set<std::pair<std::uint64_t, entry*>> parked; ///< by arrival
  };
  void forget_if_idle(std::uint32_t number);

  resources::breaker_terms terms_;
  std::map<std::uint32_t, gate> gates_;
};

template <class CanStart>
std::vector<entry*> source_gate::released(std::int64_t now_ms, std::size_t most,
                                          CanStart can_start) {
  using position = resources::breaker::position;
  constexpr int most_looked_at = 100;
  std::vector<entry*> out;
  for (auto at = gates_.begin(); at != gates_.end() && out.size() < most;) {
    auto& [breaker, host, parked] = at->second;
    while (breaker.where() == position::closed && !parked.empty() && out.size() < most) {
      out.push_back(parked.begin()->second);
      parked.erase(parked.begin());
    }
    if (!parked.empty() && breaker.try_again(now_ms)) {
      auto chosen = parked.begin();
      int looked_at = 0;
      for (auto it = parked.begin(); it != parked.end() && looked_at < most_looked_at; ++it) {
        ++looked_at;
        if (can_start(*it->second)) {
          chosen = it;
          break;
        }
      }
      chosen->second->probe = true;
      out.push_back(chosen->second);
      parked.erase(chosen);
    }
    const bool idle = breaker.is_idle(now_ms) && parked.empty();
    at = idle ? gates_.erase(at) : std::next(at);
  }
  return out;
}

} // namespace vdoc::queue
