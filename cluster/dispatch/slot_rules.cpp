#include "cluster/dispatch/slot_rules.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace vdoc::dispatch {

namespace {

constexpr std::size_t at(slot which) noexcept {
  return static_cast<std::size_t>(which);
}

} // namespace

effects slot_rules::want(task wanted) {
  const auto same = [&](const waiting_task& it) { return it.what.id == wanted.id; };
  if (granted_.contains(wanted.id) || std::any_of(waiting_.begin(), waiting_.end(), same))
    return {};
  waiting_.push_back({std::move(wanted), ++tick_, now_ms_});
  return match();
}

effects slot_rules::withdraw(const std::vector<std::string>& task_ids) {
  for (const auto& id : task_ids) {
    std::erase_if(waiting_, [&](const waiting_task& it) { return it.what.id == id; });
    if (const auto gone = granted_.extract(id)) {
      const auto& over = gone.mapped();
      --hosts_.at(over.host).taken[at(slot_of(over.kind))];
      gate_of(over.kind).over();
    }
  }
  return match();
}

effects slot_rules::host_up(const std::string& host, const slots& capacity) {
  auto out = host_down(host, {host_end::lost, "another process took its place"});
  hosts_[host].capacity = capacity;
  auto more = match();
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

effects slot_rules::host_down(const std::string& host, const host_loss& loss) {
  effects out;
  const auto is_heavy = [](const auto& it) { return slot_of(it.second.kind) == slot::heavy; };
  const auto heavy = std::count_if(granted_.begin(), granted_.end(), [&](const auto& it) {
    return it.second.host == host && is_heavy(it);
  });
  std::erase_if(granted_, [&](const auto& it) {
    if (it.second.host != host)
      return false;
    out.emplace_back(slot_lost{it.first, host, loss, heavy > (is_heavy(it) ? 1 : 0)});
    gate_of(it.second.kind).over();
    return true;
  });
  hosts_.erase(host);
  return out;
}

effects slot_rules::host_drains(const std::string& host) {
  if (const auto it = hosts_.find(host); it != hosts_.end())
    it->second.draining = true;
  return {};
}

effects slot_rules::set_stage(stage kind, const resources::start_terms& terms) {
  gate_of(kind).set(terms);
  return match();
}

std::optional<std::int64_t> slot_rules::wake_in_ms() const {
  std::optional<std::int64_t> least;
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto waits = [&](const auto& it) { return it.what.kind == static_cast<stage>(i); };
    if (const auto wait = gates_[i].wait_ms(now_ms_); wait && std::ranges::any_of(waiting_, waits))
      least = std::min(least.value_or(*wait), *wait);
  }
  return least;
}

std::vector<stage_view> slot_rules::stages() const {
  std::vector<stage_view> all(stage_count);
  for (std::size_t i = 0; i < stage_count; ++i) {
    all[i] = {static_cast<stage>(i), gates_[i].terms(), 0, gates_[i].running(), 0};
  }
  for (const auto& it : waiting_) {
    auto& view = all[static_cast<std::size_t>(it.what.kind)];
    if (view.waiting++ == 0)
      view.oldest_age_ms = now_ms_ - it.since_ms;
  }
  return all;
}

bool slot_rules::idle(const std::string& host) const {
  return std::none_of(granted_.begin(), granted_.end(),
                      [&](const auto& it) { return it.second.host == host; });
}

std::uint32_t slot_rules::slots_of(slot which) const {
  return std::accumulate(hosts_.begin(), hosts_.end(), std::uint32_t{0},
                         [&](std::uint32_t sum, const auto& it) {
                           return sum + (it.second.draining ? 0u : it.second.capacity.of(which));
                         });
}

effects slot_rules::match() {
  effects out;
  for (std::size_t i = 0; i < slot_count; ++i)
    while (match_one(static_cast<slot>(i), out)) {
    }
  return out;
}

/// Whether the job of `a` has its turn before the job of `b`, or `a` before `b` inside one job.
bool slot_rules::turn_before(slot where, const waiting_task& a, const waiting_task& b) const {
  if (a.what.priority != b.what.priority)
    return a.what.priority > b.what.priority;
  if (a.what.job != b.what.job) {
    const auto rank = [&](const task& it) {
      const auto last = served_.find(it.job);
      return std::tuple{held(it.job, where), last == served_.end() ? 0 : last->second};
    };
    const auto rank_a = rank(a.what);
    const auto rank_b = rank(b.what);
    if (rank_a != rank_b)
      return rank_a < rank_b;
    const auto first = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& it) {
      return it.what.job == a.what.job || it.what.job == b.what.job;
    });
    return first->what.job == a.what.job;
  }
  return std::tie(a.what.index, a.arrival) < std::tie(b.what.index, b.arrival);
}

bool slot_rules::match_one(slot where, effects& out) {
  const auto room = [&](const auto& it) { return has_room(it.second, where); };
  if (std::none_of(hosts_.begin(), hosts_.end(), room))
    return false;
  auto first = waiting_.end();
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it)
    if (may_go(where, *it) && (first == waiting_.end() || turn_before(where, *it, *first)))
      first = it;
  if (first == waiting_.end())
    return false;

  // The job has its turn; a free host that stands at the right place chooses among its tasks.
  auto chosen = waiting_.end();
  auto host = hosts_.end();
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    if (!may_go(where, *it) || it->what.affinity.empty() || it->what.job != first->what.job ||
        it->what.priority != first->what.priority ||
        (chosen != waiting_.end() && !turn_before(where, *it, *chosen)))
      continue;
    const auto key = key_of(it->what);
    const auto open = std::find_if(hosts_.begin(), hosts_.end(), [&](const auto& each) {
      return has_room(each.second, where) && each.second.open[at(where)] == key;
    });
    if (open != hosts_.end()) {
      chosen = it;
      host = open;
    }
  }
  if (chosen == waiting_.end()) {
    chosen = first;
    host = best_host(where, key_of(first->what));
  }
  give(chosen, host, out);
  return true;
}

slot_rules::hosts_at slot_rules::best_host(slot where, const std::string& key) {
  const auto rank = [&](const host& it) {
    const auto& open = it.open[at(where)];
    const auto wanted = !open.empty() && open != key &&
                        std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& each) {
                          return slot_of(each.what.kind) == where && key_of(each.what) == open;
                        });
    return std::tuple{std::accumulate(it.taken.begin(), it.taken.end(), 0u), wanted};
  };
  auto best = hosts_.end();
  for (auto it = hosts_.begin(); it != hosts_.end(); ++it)
    if (has_room(it->second, where) &&
        (best == hosts_.end() || rank(it->second) < rank(best->second)))
      best = it;
  return best;
}

bool slot_rules::may_go(slot where, const waiting_task& it) const {
  return slot_of(it.what.kind) == where &&
         gates_[static_cast<std::size_t>(it.what.kind)].is_open(now_ms_);
}

void slot_rules::give(waiting_at it, hosts_at to, effects& out) {
  const auto where = slot_of(it->what.kind);
  ++to->second.taken[at(where)];
  to->second.open[at(where)] = key_of(it->what);
  constexpr std::size_t most_remembered = 1000;
  if (served_.size() >= most_remembered)
    served_.clear(); // turns start afresh, memory stays flat
  served_[it->what.job] = ++tick_;
  out.emplace_back(slot_given{it->what.id, to->first});
  granted_[it->what.id] = {it->what.job, to->first, it->what.kind};
  gate_of(it->what.kind).began(now_ms_);
  waiting_.erase(it);
}

std::size_t slot_rules::held(const std::string& job, slot where) const {
  return static_cast<std::size_t>(
      std::count_if(granted_.begin(), granted_.end(), [&](const auto& it) {
        return it.second.job == job && slot_of(it.second.kind) == where;
      }));
}

bool slot_rules::has_room(const host& it, slot where) {
  return !it.draining && it.taken[at(where)] < it.capacity.of(where);
}

std::string slot_rules::key_of(const task& it) {
  return it.affinity.empty() ? std::string{} : it.job + '\n' + it.affinity;
}

} // namespace vdoc::dispatch
