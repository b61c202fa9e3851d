#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace vdoc {

/// Which jobs a media host works on at this moment, so that work on a job that is over can be
/// stopped. Any thread.
class stop_board {
public:
  /// While it lives, a stage works on the job; `stopped` becomes true when that is of no use any
  /// more.
  class work {
  public:
    work(stop_board& board, std::string job);
    ~work();
    work(const work&) = delete;
    work& operator=(const work&) = delete;
    [[nodiscard]] const std::atomic<bool>& stopped() const noexcept { return stopped_; }

  private:
    friend class stop_board;
    stop_board& board_;
    std::string job_;
    std::atomic<bool> stopped_{false};
  };

  /// Everything that works on the job now is told to stop; what begins later is not.
  void stop(const std::string& job);
  /// Whether something that was told to stop still works on the job.
  [[nodiscard]] bool still_works_on(const std::string& job) const;

private:
  mutable std::mutex mutex_;
  std::multimap<std::string, work*> all_;
};

} // namespace vdoc
