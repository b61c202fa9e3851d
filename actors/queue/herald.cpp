#include "actors/queue/herald.hpp"

#include "cluster/desk/submission.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::queue {

namespace {

/// Ages grow by themselves; that is no news.
bool same(desk::queue_view one, const desk::queue_view& other) {
  one.oldest_age_ms = other.oldest_age_ms;
  return one == other;
}

/// A queue is shared by tenants: only who sees all of them is told of it.
constexpr const char* all_tenants = "*";

} // namespace

void herald::state(const desk::state_news& what) {
  queues_changed_ = true;
  if (feed_ && (what.before != what.now || what.now == ledger::job_state::running))
    feed_->publish("job." + what.id + ".state", what.tenant, to_json(what));
}

void herald::tell_progress(pace& of, const desk::progress_news& what, std::int64_t steady_ms) {
  of.told_ms = steady_ms;
  feed_->publish("job." + what.id + ".progress", of.tenant, to_json(what));
}

void herald::progress(const job_key& key, const std::string& tenant, desk::progress_news what,
                      std::int64_t steady_ms) {
  if (!feed_)
    return;
  auto& mine = paces_[key];
  mine.tenant = tenant;
  if (mine.told_ms && steady_ms - *mine.told_ms < progress_every_ms) {
    mine.next = std::move(what);
    return;
  }
  mine.next.reset();
  tell_progress(mine, what, steady_ms);
}

void herald::segment(const std::string& tenant, const desk::segment_news& what) {
  if (feed_)
    feed_->publish("job." + what.id + ".segment", tenant, to_json(what));
}

bool herald::waits() const {
  return feed_ && (queues_changed_ || std::ranges::any_of(paces_, [](const auto& each) {
                     return each.second.next.has_value();
                   }));
}

void herald::tell(std::int64_t steady_ms,
                  const std::function<std::vector<desk::queue_view>()>& look) {
  if (!feed_)
    return;
  for (auto& [key, each] : paces_)
    if (each.next && steady_ms - *each.told_ms >= progress_every_ms) {
      tell_progress(each, *each.next, steady_ms);
      each.next.reset();
    }
  if (!std::exchange(queues_changed_, false))
    return;
  for (auto& view : look()) {
    auto& told = told_queues_[view.name];
    if (!same(view, told))
      feed_->publish("queue." + view.name, all_tenants, to_json(view));
    told = std::move(view);
  }
}

} // namespace vdoc::queue
