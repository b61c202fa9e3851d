#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>

namespace vdoc::net {

/// Makes what many threads write safe with few syncs of the disk: whoever comes while one is under
/// way waits for the next one, which is for all who wait by then. Any thread.
class shared_sync {
public:
  /// `sync` returns when everything that was written before it was called is safe, or throws. It is
  /// called on the threads of those who wait, one at a time.
  explicit shared_sync(std::function<void()> sync) : sync_{std::move(sync)} {}

  /// The number of the first sync that is for everything written before this call.
  [[nodiscard]] std::uint64_t next();
  /// Returns when that one is through. Throws what `sync` throws, from then on to everybody: after
  /// a sync that failed nobody knows what is on the disk (fsync(2)).
  void wait_for(std::uint64_t number);

private:
  void lead(std::unique_lock<std::mutex>& lock);

  std::function<void()> sync_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t begun_ = 0; ///< syncs
  std::uint64_t done_ = 0;  ///< the last of them that is through
  bool busy_ = false;
  std::exception_ptr failure_; ///< of the sync after `done_`
};

} // namespace vdoc::net
