#pragma once

#include <mutex>

namespace vdoc::node {

/// The newest actor of a kind; null while there is none. Any thread.
template <class Actor> class newest {
public:
  void set(const Actor& who) {
    const std::scoped_lock lock{mutex_};
    who_ = who;
  }
  [[nodiscard]] Actor find() const {
    const std::scoped_lock lock{mutex_};
    return who_;
  }

private:
  mutable std::mutex mutex_;
  Actor who_;
};

} // namespace vdoc::node
