#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

/// Ends the process by `_exit(70)` unless it is destroyed in time.
class watchdog {
public:
  explicit watchdog(std::chrono::milliseconds patience)
      : thread_{[this, patience] {
          std::unique_lock lock{mutex_};
          constexpr int internal_error = 70; // EX_SOFTWARE of sysexits.h
          if (!changed_.wait_for(lock, patience, [this] { return over_; }))
            ::_exit(internal_error);
        }} {}
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog() {
    {
      const std::lock_guard lock{mutex_};
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace vdoc::node
