#include "cluster/dispatch/slot_rules.hpp"
#include "cluster/dispatch/turns.hpp"
#include "cluster/dispatch/twins.hpp"

#include <algorithm>

/// What is only about stragglers, which are begun a second time on another node (ADR 36):
///
/// - only where nobody waits for the slot, and as far as the limits of the stage and of the host
///   let, so that a twin takes nothing from others;
/// - once for each task, and only work whose cost is learned;
/// - not on the same node: hosts of one machine share its cores, its disk and its turns.
namespace vdoc::dispatch {

void slot_rules::glance_at(task_row& task, std::int64_t at_ms) {
  ignore(task);
  task.glance_ms = at_ms;
  glances_.emplace(std::pair{at_ms, task.arrival}, &task);
}

void slot_rules::ignore(task_row& task) {
  if (const auto at = std::exchange(task.glance_ms, 0); at != 0)
    glances_.erase({at, task.arrival});
}

host_row* slot_rules::twin_host(const task_row& task) const {
  return of(task.kind).free.best_elsewhere(*task.host->at);
}

/// When that host should begin it too; nothing: its cost is not known yet.
std::optional<std::int64_t> slot_rules::twin_due(const task_row& task, const host_row& at) const {
  const auto usual = costs_.expect(*task.work, "", task.units);
  const auto there = costs_.expect(*task.work, at.at->name, task.units);
  if (!usual || !there)
    return std::nullopt;
  const auto moving = at.at == task.near ? 0 : task.moving_ms;
  const auto late_ms = std::max(straggles_after * *usual, *there + moving + worth_ms);
  return task.since_ms + static_cast<std::int64_t>(late_ms);
}

void slot_rules::give_twins(effects& out) {
  while (!glances_.empty() && glances_.begin()->first.first <= now_ms_) {
    auto& task = *glances_.begin()->second;
    auto& waiting = of(task.kind);
    waiting.free.refresh();
    if (waiting.free.none())
      return;
    auto* const host = twin_host(task);
    const auto due = host == nullptr ? std::nullopt : twin_due(task, *host);
    if (due && *due <= now_ms_ && gate_of(task.kind).is_open(now_ms_)) {
      give_twin(task, *host, out);
      continue;
    }
    auto again = now_ms_ + (host != nullptr && !due ? unknown_again_ms : glance_again_ms);
    if (due && *due > now_ms_)
      again = std::min(again, *due);
    glance_at(task, again);
  }
}

void slot_rules::give_twin(task_row& first, host_row& to, effects& out) {
  task same;
  same.id = first.id + "~";
  same.job = first.of->name;
  same.kind = first.kind;
  same.index = first.index;
  same.cost = {*first.work, first.units, first.moving_ms};
  if (first.near != nullptr)
    same.near = first.near->name;
  ignore(first);
  first.twins = twinning::had_one;
  if (tasks_.contains(same.id))
    return;
  auto& twin = take_in(same);
  twin.twins = twinning::is_one;
  twin.twin = &first;
  first.twin = &twin;
  of(twin.kind).put(twin, same);
  enlist(twin);
  give(twin, to, out);
  std::get<slot_given>(out.back()).twin_of = first.id;
}

bool slot_rules::is_twin(const std::string& task_id) const {
  const auto found = tasks_.find(task_id);
  return found != tasks_.end() && found->second->twins == twinning::is_one;
}

/// It lost against its twin, or has a twin and is wanted no more: it would have taken at least as
/// long as it has, which is more than its node was known for.
void slot_rules::learn_from_straggler(const task_row& task) {
  if (task.twins != twinning::had_one || task.host == nullptr)
    return;
  const auto known = costs_.expect(*task.work, task.host->at->name, task.units);
  if (static_cast<double>(now_ms_ - task.since_ms) > known.value_or(0))
    learn(task);
}

/// Until a straggler is to be looked at; nothing while no slot idles, or there is one node only.
std::optional<std::int64_t> slot_rules::glance_in_ms() const {
  constexpr std::int64_t least = 50;
  constexpr auto heavy = static_cast<std::size_t>(slot::heavy);
  if (glances_.empty() || !turns_[heavy]->free.may_have_some() || places_.size() < 2)
    return std::nullopt;
  return std::max(least, glances_.begin()->first.first - now_ms_);
}

} // namespace vdoc::dispatch
