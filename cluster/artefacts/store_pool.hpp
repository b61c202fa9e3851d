#pragma once

#include "cluster/artefacts/store.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace vdoc::artefacts {

/// Connections to a store, each of which is used by one thread at a time and kept for the next one.
/// Any thread.
class store_pool {
public:
  explicit store_pool(connector connect) : connect_{std::move(connect)} {}

  /// Calls `function(store&)` and throws what that throws, or who connects; a connection on which
  /// something went wrong is not used again.
  template <class Function> void use(Function function) {
    auto mine = take();
    if (!mine)
      mine = connect_();
    function(*mine);
    const std::scoped_lock lock{mutex_};
    idle_.push_back(std::move(mine));
  }

private:
  /// Null when none is idle.
  std::unique_ptr<store> take() {
    const std::scoped_lock lock{mutex_};
    if (idle_.empty())
      return nullptr;
    auto one = std::move(idle_.back());
    idle_.pop_back();
    return one;
  }

  connector connect_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<store>> idle_;
};

} // namespace vdoc::artefacts
