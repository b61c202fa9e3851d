#include "cluster/dispatch/free_hosts.hpp"

#include "cluster/dispatch/seats.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace vdoc::dispatch {

namespace {

constexpr double step = 1.05;

} // namespace

std::int32_t slowness_step(double slowness) {
  return static_cast<std::int32_t>(std::lround(std::log(slowness) / std::log(step)));
}

double slowness_of(std::int32_t steps) {
  return std::pow(step, steps);
}

bool host_group::fits(const host_row& host) const {
  return not_at != host.at->name && std::ranges::includes(host.offers, needs);
}

void free_hosts::touch(host_row& host) {
  if (!std::exchange(host.touched[slot_], true))
    touched_.push_back(&host);
}

void free_hosts::refresh() {
  for (auto* host : touched_) {
    hide(*host);
    show(*host);
    host->touched[slot_] = false;
  }
  touched_.clear();
}

void free_hosts::forget(host_row& host) {
  if (std::exchange(host.touched[slot_], false))
    std::erase(touched_, &host);
}

void free_hosts::hide(host_row& host) {
  auto& shown = host.shown[slot_];
  if (!shown)
    return;
  for (auto& group : groups_)
    group.free.erase(*shown);
  host.at->free[slot_].erase(*shown);
  if (auto* open = host.open[slot_])
    if (open->open.erase(host.number) > 0 && open->open.empty())
      open->of->open.erase(open);
  shown.reset();
}

void free_hosts::show(host_row& host) {
  if (!host.has_room(slot_))
    return;
  auto* open = host.open[slot_];
  const host_rank rank{std::accumulate(host.taken.begin(), host.taken.end(), 0U), host.at->slowness,
                       open != nullptr && open->waiting > 0, host.number};
  for (auto& group : groups_)
    if (group.fits(host))
      group.free.emplace(rank, &host);
  host.at->free[slot_].emplace(rank, &host);
  if (open != nullptr && open->open.emplace(host.number, &host).second)
    open->of->open.insert(open);
  host.shown[slot_] = rank;
}

host_group& free_hosts::group_of(std::vector<std::string> needs,
                                 std::optional<std::string> not_at) {
  const auto known = std::ranges::find_if(
      groups_, [&](const auto& it) { return it.needs == needs && it.not_at == not_at; });
  if (known != groups_.end())
    return *known;
  auto& made = groups_.emplace_back();
  made.needs = std::move(needs);
  made.not_at = std::move(not_at);
  for (const auto& [rank, host] : groups_.front().free)
    if (made.fits(*host))
      made.free.emplace(rank, host);
  return made;
}

void free_hosts::drop(const host_group& group) {
  groups_.remove_if([&](const auto& it) { return &it == &group && &it != &groups_.front(); });
}

host_row* free_hosts::best_elsewhere(const place_row& than) const {
  const auto& all = groups_.front().free;
  const auto found =
      std::ranges::find_if(all, [&](const auto& it) { return it.second->at != &than; });
  return found == all.end() ? nullptr : found->second;
}

host_row* free_hosts::best(const host_group& group, const task_row& task) const {
  if (group.free.empty())
    return nullptr;
  auto* best = group.free.begin()->second;
  if (task.near == nullptr || best->at == task.near)
    return best;
  const auto& there = task.near->free[slot_];
  const auto local =
      std::ranges::find_if(there, [&](const auto& it) { return group.fits(*it.second); });
  if (local == there.end())
    return best;
  const auto takes = [&](const host_row& host) {
    return task.expected_ms * slowness_of(host.at->slowness);
  };
  return takes(*local->second) <= takes(*best) + task.moving_ms ? local->second : best;
}

} // namespace vdoc::dispatch
