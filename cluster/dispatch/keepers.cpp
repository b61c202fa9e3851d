#include "cluster/dispatch/keepers.hpp"

#include "cluster/dispatch/free_hosts.hpp"
#include "cluster/dispatch/seats.hpp"
#include "cluster/dispatch/task.hpp"

#include <algorithm>

namespace vdoc::dispatch {

namespace {

/// The time that hosts take to find the next leader.
constexpr std::int64_t come_within_ms = 2'000;
constexpr std::int64_t gathers_ms = 100;
/// Whoever takes over once more.
constexpr std::int64_t gathers_again_after_ms = 10'000;

} // namespace

void keepers::host_up(host_row& host, std::vector<std::string>& offers) {
  std::erase_if(offers, [&](const std::string& word) {
    const bool is_kept = word.starts_with(kept_offer);
    if (is_kept)
      hosts_.emplace(word.substr(kept_offer.size()), &host);
    return is_kept;
  });
}

void keepers::host_down(const host_row& host) {
  std::erase_if(hosts_, [&](const auto& each) { return each.second == &host; });
}

void keepers::waits(task_row& task) {
  if (task.maybe_elsewhere &&
      task.since_ms - gathers_since_ms_.value_or(-gathers_again_after_ms) >= gathers_again_after_ms)
    gathers_since_ms_ = task.since_ms;
  if (!task.kept.empty())
    waiting_.emplace(task.kept, &task);
}

void keepers::waits_no_more(const task_row& task) {
  if (const auto known = waiting_.find(task.kept);
      known != waiting_.end() && known->second == &task)
    waiting_.erase(known);
}

std::pair<task_row*, host_row*> keepers::find(const job_seat& seat, std::size_t slot) const {
  std::pair<task_row*, host_row*> chosen{};
  const auto& fitting = *seat.in->in->in->hosts;
  for (const auto& [key, host] : hosts_) {
    const auto task = waiting_.find(key);
    if (task == waiting_.end() || task->second->seat != &seat || !host->shown[slot] ||
        !fitting.fits(*host))
      continue;
    if (chosen.first == nullptr || by_index{}(task->second, chosen.first))
      chosen = {task->second, host};
  }
  return chosen;
}

std::int64_t keepers::gathers_for_ms(std::int64_t now_ms) const {
  return gathers_since_ms_ ? std::max<std::int64_t>(0, *gathers_since_ms_ + gathers_ms - now_ms)
                           : 0;
}

task_row* keepers::next(const job_seat& seat, std::int64_t now_ms) {
  auto* first = *seat.tasks.begin();
  const bool may_be_done = first->maybe_elsewhere && now_ms - first->since_ms < come_within_ms;
  return may_be_done ? *seat.tasks.rbegin() : first;
}

} // namespace vdoc::dispatch
