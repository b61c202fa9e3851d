#include "net/zmq/shared_sync.hpp"

namespace vdoc::net {

std::uint64_t shared_sync::next() {
  const std::scoped_lock lock{mutex_};
  return begun_ + 1; // one that is under way may have begun before the caller wrote
}

void shared_sync::wait_for(std::uint64_t number) {
  std::unique_lock lock{mutex_};
  while (done_ < number) {
    if (failure_)
      std::rethrow_exception(failure_);
    if (busy_)
      ended_.wait(lock);
    else
      lead(lock);
  }
}

void shared_sync::lead(std::unique_lock<std::mutex>& lock) {
  busy_ = true;
  const auto mine = ++begun_;
  lock.unlock();
  std::exception_ptr failure;
  try {
    sync_();
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  busy_ = false;
  if (failure)
    failure_ = failure;
  else
    done_ = mine;
  ended_.notify_all();
}

} // namespace vdoc::net
