#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace vdoc::net {

/// Items on their way from the threads of the service to the one that owns the socket. Any thread.
template <class Item> class outbox {
public:
  outbox() : wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    if (wake_ < 0)
      throw std::system_error{errno, std::generic_category(), "eventfd"};
  }
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;
  ~outbox() { ::close(wake_); }

  /// Dropped when `most` wait already.
  void put(Item what, std::size_t most = SIZE_MAX) {
    {
      const std::scoped_lock lock{mutex_};
      if (waiting_.size() >= most)
        return;
      waiting_.push_back(std::move(what));
      if (waiting_.size() > 1)
        return; // who put the first one has woken the socket's thread
    }
    wake();
  }
  void wake() const { ::eventfd_write(wake_, 1); }
  /// All there are. The descriptor is silent until there are more.
  std::vector<Item> take() {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    const std::scoped_lock lock{mutex_};
    return std::exchange(waiting_, {});
  }
  /// Readable when there is something to take.
  [[nodiscard]] int descriptor() const noexcept { return wake_; }

private:
  int wake_;
  std::mutex mutex_;
  std::vector<Item> waiting_;
};

} // namespace vdoc::net
