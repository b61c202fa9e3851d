#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace vdoc::gst {

/// GStreamer's threads say that something happened; the one thread that does the work waits for it.
/// Shared by all of them, so that it outlives a pipeline that would not stop. Any thread.
class activity {
public:
  void happened() {
    {
      const std::lock_guard lock{guard_};
      something_ = true;
    }
    changed_.notify_one();
  }

  /// True when something happened since the last wait; false after `limit` without.
  bool wait(std::chrono::milliseconds limit) {
    std::unique_lock lock{guard_};
    const bool awake = changed_.wait_for(lock, limit, [this] { return something_; });
    something_ = false;
    return awake;
  }

private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool something_ = false;
};

using shared_activity = std::shared_ptr<activity>;

} // namespace vdoc::gst
