#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace vdoc {

/// Which work of a media host is not wanted any more. CANCELLER says so; stages that block on their
/// own threads look. A call is one attempt of a task, under a name that no other has. Any thread.
class cancellations {
public:
  /// A call that is worked on, until this is destroyed.
  class work {
  public:
    work(cancellations& of, std::string call);
    work(const work&) = delete;
    work& operator=(const work&) = delete;
    ~work();
    [[nodiscard]] const std::atomic<bool>& cancelled() const noexcept { return *flag_; }

  private:
    cancellations& of_;
    std::string call_;
    std::shared_ptr<std::atomic<bool>> flag_;
  };

  /// Before, during or after its work: a cancel may overtake the order that it is about. Of calls
  /// that have not begun the last 1,000 are remembered.
  void cancel(const std::string& call);

private:
  static constexpr std::size_t most_early = 1'000;

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<std::atomic<bool>>> running_;
  std::deque<std::string> early_; ///< cancelled, not begun; or over
};

} // namespace vdoc
