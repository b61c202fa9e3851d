#pragma once

#include "actors/queue/job_key.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/desk/event_feed.hpp"
#include "cluster/desk/news.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace vdoc::queue {

/// Tells the event feed what happens to jobs and queues, at a pace that listeners can bear: states
/// and segments at once, the progress of a job once a second, a queue twice. One thread.
class herald {
public:
  static constexpr std::int64_t progress_every_ms = 1'000;
  static constexpr std::int64_t look_every_ms = 500; ///< at what `tell` has to say

  /// Without a feed nothing is told.
  explicit herald(std::shared_ptr<desk::event_feed> feed = {}) : feed_{std::move(feed)} {}

  void state(const desk::state_news& what);
  void progress(const job_key& key, const std::string& tenant, desk::progress_news what,
                std::int64_t steady_ms);
  void segment(const std::string& tenant, const desk::segment_news& what);
  /// Something of a queue may be different now.
  void queues_changed() noexcept { queues_changed_ = true; }
  /// The attempt is over: its progress interests nobody any more.
  void attempt_over(const job_key& key) { paces_.erase(key); }

  /// Whether `tell` has something to say, sooner or later.
  [[nodiscard]] bool waits() const;
  /// What had to wait. `look` gives the queues as they are.
  void tell(std::int64_t steady_ms, const std::function<std::vector<desk::queue_view>()>& look);

private:
  struct pace {
    std::optional<std::int64_t> told_ms; ///< steady
    std::optional<desk::progress_news> next;
    std::string tenant;
  };
  void tell_progress(pace& of, const desk::progress_news& what, std::int64_t steady_ms);

  std::shared_ptr<desk::event_feed> feed_;
  std::unordered_map<job_key, pace> paces_; ///< of jobs that run
  std::map<std::string, desk::queue_view> told_queues_;
  bool queues_changed_ = false;
};

} // namespace vdoc::queue
