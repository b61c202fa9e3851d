#pragma once

#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vdoc::ledger {

/// For the holder of a lease: what a store writes, it writes as that.
struct fence {
  lease_fence lease;
  /// Called when a write was refused because the lease is another's by now; on the thread of that
  /// write, which it must not hold up. May be empty.
  std::function<void()> refused = {};
};

/// Opens a store like `open_store` whose every change is committed only while the lease is still of
/// that epoch: each transaction holds the lease's row until it has ended, so whoever takes the
/// lease takes it before that transaction or after it. One that is too late changes nothing at all,
/// and says so by its `trouble`.
std::unique_ptr<store> open_store(const std::string& url_or_path, fence by);

/// Thrown inside a store by a transaction that came too late.
class lease_is_lost : public std::runtime_error {
public:
  explicit lease_is_lost(const lease_fence& of)
      : std::runtime_error{"this node does not lead any more: epoch " + std::to_string(of.epoch) +
                           " is over"} {}
};

} // namespace vdoc::ledger
