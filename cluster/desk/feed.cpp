#include "cluster/desk/feed.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::desk {

feed::feed(std::string origin, std::size_t kept)
    : origin_{std::move(origin)}, kept_{std::max<std::size_t>(kept, 1)} {}

void feed::tell(std::string topic, std::string tenant, std::string body) {
  const std::scoped_lock lock{mutex_};
  news_.push_back({++last_, std::move(topic), std::move(tenant), std::move(body)});
  if (news_.size() > kept_)
    news_.pop_front();
  // Under the lock: who was forgotten is never woken again.
  for (const auto& [number, wake] : listeners_)
    wake();
}

feed::page feed::after(std::uint64_t sequence, std::size_t most) const {
  const std::scoped_lock lock{mutex_};
  page found;
  const auto first = last_ - news_.size() + 1; // sequence of news_.front()
  const auto from = std::max(sequence + 1, first);
  found.missed = from > sequence + 1 && last_ > 0;
  if (from > last_)
    return found;
  const auto begin = news_.begin() + static_cast<std::ptrdiff_t>(from - first);
  const auto count = std::min<std::size_t>(most, static_cast<std::size_t>(last_ - from + 1));
  found.all.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  return found;
}

std::uint64_t feed::last() const {
  const std::scoped_lock lock{mutex_};
  return last_;
}

std::uint64_t feed::listen(std::function<void()> wake) {
  const std::scoped_lock lock{mutex_};
  listeners_.emplace(++listeners_ever_, std::move(wake));
  return listeners_ever_;
}

void feed::forget(std::uint64_t listener) {
  const std::scoped_lock lock{mutex_};
  listeners_.erase(listener);
}

} // namespace vdoc::desk
