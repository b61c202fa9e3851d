#include "cluster/ledger/deadline.hpp"

#include <sys/socket.h>

namespace vdoc::ledger {

deadline::~deadline() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

deadline::guard::guard(deadline& owner, int socket, std::chrono::milliseconds patience)
    : owner_{owner} {
  const std::lock_guard lock{owner.mutex_};
  owner.socket_ = socket;
  owner.until_ = std::chrono::steady_clock::now() + patience;
  owner.cut_ = false;
  // The thread, if it sleeps, has an earlier end of patience in mind and looks again by itself.
  if (!owner.thread_.joinable())
    owner.thread_ = std::thread{[&owner] { owner.watch(); }};
}

deadline::guard::~guard() {
  const std::lock_guard lock{owner_.mutex_};
  owner_.socket_ = -1;
}

bool deadline::guard::passed() const {
  const std::lock_guard lock{owner_.mutex_};
  return owner_.cut_;
}

void deadline::watch() {
  constexpr std::chrono::milliseconds longest_sleep{500};
  std::unique_lock lock{mutex_};
  while (!over_) {
    const auto now = std::chrono::steady_clock::now();
    if (socket_ >= 0 && now >= until_) {
      ::shutdown(socket_, SHUT_RDWR);
      socket_ = -1;
      cut_ = true;
    }
    const auto next = socket_ >= 0 ? std::min(until_, now + longest_sleep) : now + longest_sleep;
    changed_.wait_until(lock, next, [this] { return over_; });
  }
}

} // namespace vdoc::ledger
