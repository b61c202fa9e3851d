#include "cluster/resources/breaker.hpp"

#include <algorithm>
#include <array>

namespace vdoc::resources {

void breaker::failed(std::int64_t now_ms) noexcept {
  if (where_ == position::open)
    return; // of work that began before it opened
  ++in_a_row_;
  if (where_ == position::closed && in_a_row_ < terms_.failures) {
    constexpr std::int64_t times_the_longest_wait = 10;
    until_ms_ = now_ms + times_the_longest_wait * terms_.longest_wait_ms;
    return;
  }
  wait_ms_ = std::clamp(2 * wait_ms_, terms_.first_wait_ms, terms_.longest_wait_ms);
  until_ms_ = now_ms + wait_ms_;
  since_ms_ = now_ms;
  where_ = position::open;
}

void breaker::trip(std::int64_t now_ms) noexcept {
  do
    failed(now_ms);
  while (where_ != position::open);
}

void breaker::succeeded() noexcept {
  where_ = position::closed;
  in_a_row_ = 0;
  wait_ms_ = 0;
  until_ms_ = 0;
}

bool breaker::try_again(std::int64_t now_ms) noexcept {
  if (where_ != position::open || now_ms < until_ms_)
    return false;
  where_ = position::half_open;
  since_ms_ = now_ms;
  return true;
}

void breaker::trial_withdrawn(std::int64_t now_ms) noexcept {
  if (where_ != position::half_open)
    return;
  where_ = position::open;
  since_ms_ = until_ms_ = now_ms;
}

std::string to_string(breaker::position where) {
  constexpr std::array<const char*, 3> names{"closed", "open", "half_open"};
  const auto at = static_cast<std::size_t>(where);
  return at < names.size() ? names[at] : "unknown position";
}

} // namespace vdoc::resources
