#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace vdoc::net {

/// A few threads for what waits for a disk. What is asked under one name is done in order; under
/// different names a slow one may hold up others of its thread. Tasks do not throw.
class disk_threads {
public:
  explicit disk_threads(std::size_t count);
  disk_threads(const disk_threads&) = delete;
  disk_threads& operator=(const disk_threads&) = delete;
  ~disk_threads(); ///< when everything that was asked is done

  void post(std::string_view name, std::function<void()> task);

private:
  struct lane {
    std::mutex mutex;
    std::condition_variable more;
    std::deque<std::function<void()>> tasks;
    bool over = false;
    std::thread thread;
  };
  static void work(lane& of);

  std::vector<std::unique_ptr<lane>> lanes_;
};

} // namespace vdoc::net
