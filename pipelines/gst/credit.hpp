#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace vdoc::gst {

/// How many fragments may still be handed out. Who takes waits; who grants or stops wakes it up.
class credit {
public:
  explicit credit(std::uint32_t first) : left_{first} {}

  void grant(std::uint32_t more) {
    const std::lock_guard lock{guard_};
    left_ += more;
    changed_.notify_all();
  }
  void stop() {
    const std::lock_guard lock{guard_};
    stopped_ = true;
    changed_.notify_all();
  }
  /// Takes one; false when stopped. `beats` grows while it waits: waiting is no hang.
  bool take(std::atomic<std::uint64_t>& beats) {
    std::unique_lock lock{guard_};
    while (!stopped_ && left_ == 0) {
      ++beats;
      changed_.wait_for(lock, std::chrono::milliseconds{100});
    }
    left_ -= stopped_ ? 0 : 1;
    return !stopped_;
  }

private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::uint64_t left_;
  bool stopped_ = false;
};

} // namespace vdoc::gst
