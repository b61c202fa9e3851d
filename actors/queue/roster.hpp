#pragma once

#include <caf/actor_addr.hpp>

#include <map>
#include <mutex>
#include <string>

namespace vdoc::queue {

/// The JOBs that may still be alive, over a crash of QUEUE: a job never runs twice at a time in one
/// node. Any thread.
class roster {
public:
  void add(const std::string& job_id, caf::actor_addr who) {
    const std::scoped_lock lock{mutex_};
    all_[job_id] = std::move(who);
  }
  void remove(const std::string& job_id) {
    const std::scoped_lock lock{mutex_};
    all_.erase(job_id);
  }
  [[nodiscard]] std::map<std::string, caf::actor_addr> all() const {
    const std::scoped_lock lock{mutex_};
    return all_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, caf::actor_addr> all_;
};

} // namespace vdoc::queue
