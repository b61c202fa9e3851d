#pragma once

#include <mutex>

namespace vdoc::node {

/// The newest actor of a kind; null while there is none. Any thread.
template <class Actor> class newest {
public:
  void set(const Actor& who) {
    const std::scoped_lock lock{mutex_};
    if (!is_closed_)
      who_ = who;
  }
  /// Remembers none from now on.
  void close() {
    const std::scoped_lock lock{mutex_};
    who_ = Actor{};
    is_closed_ = true;
  }
  [[nodiscard]] Actor find() const {
    const std::scoped_lock lock{mutex_};
    return who_;
  }

private:
  mutable std::mutex mutex_;
  Actor who_;
  bool is_closed_ = false;
};

} // namespace vdoc::node
