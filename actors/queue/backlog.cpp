#include "actors/queue/backlog.hpp"

#include <algorithm>
#include <numeric>

namespace vdoc::queue {

std::uint32_t names::number_of(std::string_view name) {
  if (const auto known = find(name))
    return *known;
  all_.emplace_back(name);
  numbers_.emplace(name, size());
  return size();
}

std::optional<std::uint32_t> names::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? std::nullopt : std::optional{found->second};
}

void backlog::set_queue(std::uint32_t queue, const queue_terms& terms) {
  queues_[queue].gate.set(terms);
}

queue_terms backlog::terms_of(std::uint32_t queue) const {
  const auto found = queues_.find(queue);
  return found == queues_.end() ? queue_terms{} : found->second.gate.terms();
}

void backlog::set_most_running(std::uint32_t tenant, std::uint32_t most) {
  change(tenant, [most](one_tenant& it) { it.most = most; });
}

void backlog::put(entry& one) {
  auto& where = queues_[one.queue].levels[rank_of(one)];
  auto& tenant = tenants_[one.tenant];
  where.lines[one.tenant].emplace(one.turn, &one);
  tenant.waits_in.insert(&where);
  if (tenant.may_run())
    where.turns.insert(turn_of(one.tenant));
}

void backlog::take_out(entry& one) {
  auto& levels = queues_.at(one.queue).levels;
  const auto at = levels.find(rank_of(one));
  auto& where = at->second;
  const auto line = where.lines.find(one.tenant);
  line->second.erase({one.turn, &one});
  if (!line->second.empty())
    return;
  where.turns.erase(turn_of(one.tenant));
  where.lines.erase(line);
  tenants_[one.tenant].waits_in.erase(&where);
  if (where.lines.empty())
    levels.erase(at);
}

entry* backlog::take_next(std::int64_t steady_ms, std::uint32_t most_running) {
  entry* best = nullptr;
  turn best_turn;
  for (const auto& [number, queue] : queues_) {
    if (queue.levels.empty() || !queue.gate.is_open(steady_ms))
      continue;
    const auto top =
        std::ranges::find_if(queue.levels, [](const auto& it) { return !it.second.turns.empty(); });
    if (top == queue.levels.end() || (best != nullptr && top->first > rank_of(*best)) ||
        running_as_urgent(top->first.first) >= most_running)
      continue;
    const auto& first = *top->second.turns.begin();
    auto* head = top->second.lines.at(std::get<2>(first)).begin()->second;
    const bool before = best == nullptr || top->first < rank_of(*best) || first < best_turn ||
                        (first == best_turn && head->turn < best->turn);
    if (before) {
      best = head;
      best_turn = first;
    }
  }
  if (best != nullptr)
    take_out(*best);
  return best;
}

std::optional<std::int64_t> backlog::wait_ms(std::int64_t steady_ms) const {
  std::optional<std::int64_t> least;
  for (const auto& [number, queue] : queues_)
    if (const auto wait = queue.gate.wait_ms(steady_ms); wait && !queue.levels.empty())
      least = std::min(least.value_or(*wait), *wait);
  return least;
}

void backlog::began(const entry& one, std::int64_t steady_ms) {
  ++running_.at(static_cast<std::size_t>(one.urgency));
  queues_[one.queue].gate.began(steady_ms);
  change(one.tenant, [this](one_tenant& it) {
    ++it.running;
    it.served = ++tick_;
  });
}

void backlog::over(const entry& one) {
  --running_.at(static_cast<std::size_t>(one.urgency));
  queues_[one.queue].gate.over();
  change(one.tenant, [](one_tenant& it) { --it.running; });
}

std::uint32_t backlog::running() const noexcept {
  return running_as_urgent(dispatch::urgency::batch);
}

std::uint32_t backlog::running_as_urgent(dispatch::urgency as) const {
  return std::accumulate(running_.begin(), running_.begin() + static_cast<std::ptrdiff_t>(as) + 1,
                         0U);
}

std::uint32_t backlog::running_of_queue(std::uint32_t queue) const {
  const auto found = queues_.find(queue);
  return found == queues_.end() ? 0 : found->second.gate.running();
}

std::uint32_t backlog::running_of_tenant(std::uint32_t tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? 0 : found->second.running;
}

std::optional<std::int64_t> backlog::oldest_unix_ms(std::uint32_t queue) const {
  const auto found = queues_.find(queue);
  if (found == queues_.end())
    return std::nullopt;
  std::optional<std::int64_t> oldest;
  for (const auto& [rank, level] : found->second.levels)
    for (const auto& [tenant, line] : level.lines) {
      const auto submitted = line.begin()->second->submitted_unix_ms;
      oldest = std::min(oldest.value_or(submitted), submitted);
    }
  return oldest;
}

backlog::turn backlog::turn_of(std::uint32_t tenant) const {
  const auto& it = tenants_.at(tenant);
  return {it.running, it.served, tenant};
}

template <class Change> void backlog::change(std::uint32_t tenant, Change how) {
  auto& it = tenants_[tenant];
  for (auto* where : it.waits_in)
    where->turns.erase(turn_of(tenant));
  how(it);
  if (it.may_run())
    for (auto* where : it.waits_in)
      where->turns.insert(turn_of(tenant));
}

} // namespace vdoc::queue
