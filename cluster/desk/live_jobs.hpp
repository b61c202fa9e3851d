#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace vdoc::desk {

/// How far a running job is: what only the service knows, and no database.
struct live_job {
  double progress = 0;          ///< 0 to 1 of the running attempt
  std::int64_t eta_unix_ms = 0; ///< predicted end; 0: not known
  std::string stage;            ///< in words
};

/// The jobs that run at the moment. Any thread.
class live_jobs {
public:
  void set(const std::string& job_id, live_job how) {
    const std::scoped_lock lock{mutex_};
    all_[job_id] = std::move(how);
  }
  void remove(const std::string& job_id) {
    const std::scoped_lock lock{mutex_};
    all_.erase(job_id);
  }
  void clear() {
    const std::scoped_lock lock{mutex_};
    all_.clear();
  }
  [[nodiscard]] std::optional<live_job> find(const std::string& job_id) const {
    const std::scoped_lock lock{mutex_};
    const auto found = all_.find(job_id);
    return found == all_.end() ? std::nullopt : std::optional{found->second};
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, live_job> all_;
};

} // namespace vdoc::desk
