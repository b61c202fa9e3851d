#pragma once

#include "cluster/ledger/postgres_listener.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace vdoc::node {

/// Waits for something to happen in a database of jobs: PostgreSQL says so at once, into a file one
/// has to look.
class commit_watch {
public:
  explicit commit_watch(const std::string& url_or_path);
  commit_watch(const commit_watch&) = delete;
  commit_watch& operator=(const commit_watch&) = delete;

  /// Until something may have been committed since the last call.
  void wait();

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool committed_ = false;
  std::optional<ledger::postgres_listener> listener_; ///< last: it calls us until it is gone
};

} // namespace vdoc::node
