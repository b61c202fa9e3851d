#include "net/http/disk_threads.hpp"

#include <utility>

namespace vdoc::net {

disk_threads::disk_threads(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto& one = *lanes_.emplace_back(std::make_unique<lane>());
    one.thread = std::thread{[&one] { work(one); }};
  }
}

disk_threads::~disk_threads() {
  for (auto& one : lanes_) {
    {
      const std::scoped_lock lock{one->mutex};
      one->over = true;
    }
    one->more.notify_one();
  }
  for (auto& one : lanes_)
    one->thread.join();
}

void disk_threads::post(std::string_view name, std::function<void()> task) {
  auto& to = *lanes_[std::hash<std::string_view>{}(name) % lanes_.size()];
  {
    const std::scoped_lock lock{to.mutex};
    to.tasks.push_back(std::move(task));
  }
  to.more.notify_one();
}

void disk_threads::work(lane& of) {
  std::unique_lock lock{of.mutex};
  for (;;) {
    of.more.wait(lock, [&] { return of.over || !of.tasks.empty(); });
    if (of.tasks.empty())
      return;
    const auto task = std::move(of.tasks.front());
    of.tasks.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

} // namespace vdoc::net
