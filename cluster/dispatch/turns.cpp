#include "cluster/dispatch/turns.hpp"

#include <algorithm>
#include <tuple>

namespace vdoc::dispatch {

namespace {

constexpr std::size_t most_lines_kept = 64;
constexpr std::size_t most_tenants_kept = 10'000;

std::tuple<double, std::uint64_t, std::uint32_t> use_of(const tenant_row& it) {
  return {it.used, it.served, it.number};
}

} // namespace

bool by_index::operator()(const task_row* a, const task_row* b) const {
  return std::tie(a->index, a->arrival) < std::tie(b->index, b->arrival);
}
bool by_need::operator()(const tenant_seat* a, const tenant_seat* b) const {
  const auto need_a = (a->of->held + std::uint64_t{1}) * b->of->share;
  const auto need_b = (b->of->held + std::uint64_t{1}) * a->of->share;
  return need_a != need_b ? need_a < need_b : use_of(*a->of) < use_of(*b->of);
}
bool by_use::operator()(const tenant_seat* a, const tenant_seat* b) const {
  return use_of(*a->of) < use_of(*b->of);
}

void turns::leave(tenant_row& tenant) {
  if (!std::exchange(tenant.active, false))
    return;
  active_.erase({tenant.used, &tenant});
  active_shares_ -= tenant.share;
}

template <class Change> void turns::change(tenant_row& tenant, Change how) {
  const auto was_active = tenant.active;
  leave(tenant);
  for (auto* seat : tenant.seats) {
    seat->in->needing.erase(seat);
    seat->in->sharing.erase(seat);
  }
  how(tenant);
  if (tenant.waiting + tenant.held > 0) {
    // Who was away has no more coming than those who stayed.
    if (!was_active && !active_.empty())
      tenant.used = std::max(tenant.used, active_.begin()->first);
    active_.emplace(tenant.used, &tenant);
    active_shares_ += tenant.share;
    tenant.active = true;
  }
  for (auto* seat : tenant.seats) {
    seat->in->needing.insert(seat);
    seat->in->sharing.insert(seat);
  }
}

template <class Change> void turns::change(job_row& job, Change how) {
  const auto before = job.turn();
  how(job);
  for (auto* seat : job.seats) {
    auto& jobs = seat->in->jobs;
    auto moved = jobs.extract(before);
    moved.key() = job.turn();
    jobs.insert(std::move(moved));
  }
}

void turns::set_share(const std::string& tenant, std::uint32_t share) {
  share = std::max(share, 1U);
  shares_[tenant] = share;
  if (const auto known = tenants_.find(tenant); known != tenants_.end())
    change(known->second, [share](tenant_row& it) { it.share = share; });
}

line_row& turns::line_of(line_key key) {
  std::ranges::sort(std::get<1>(key));
  if (const auto known = lines_.find(key); known != lines_.end())
    return known->second;
  if (lines_.size() >= most_lines_kept) {
    std::set<host_group*> unused;
    std::erase_if(lines_, [&](const auto& it) {
      return it.second.levels.empty() && (unused.insert(it.second.hosts), true);
    });
    for (const auto& [name, line] : lines_)
      unused.erase(line.hosts);
    for (const auto* group : unused)
      free.drop(*group);
  }
  auto& [made_key, made] = *lines_.emplace(std::move(key), line_row{}).first;
  const auto& [kind, needs, avoid] = made_key;
  made.kind = kind;
  made.hosts = &free.group_of(needs, avoid);
  return made;
}

job_row& turns::job_of(const task& what) {
  if (const auto known = jobs_.find(what.job); known != jobs_.end())
    return known->second;
  if (tenants_.size() >= most_tenants_kept && !tenants_.contains(what.tenant))
    std::erase_if(tenants_, [](const auto& it) { return it.second.jobs == 0; });
  auto& owner = tenants_[what.tenant];
  if (owner.number == 0) {
    owner.number = ++tenants_ever_;
    if (const auto share = shares_.find(what.tenant); share != shares_.end())
      owner.share = share->second;
  }
  ++owner.jobs;
  auto& made = jobs_[what.job];
  made.name = what.job;
  made.owner = &owner;
  made.number = ++jobs_ever_;
  return made;
}

void turns::release(job_row& job) {
  if (--job.uses > 0)
    return;
  --job.owner->jobs;
  jobs_.erase(std::string{job.name});
}

void turns::await(affinity_row& what, std::int32_t more) {
  const auto differs =
      (what.waiting == 0) != (what.waiting + static_cast<std::uint32_t>(more) == 0);
  const auto hosts = differs ? what.open : decltype(what.open){};
  for (const auto& [number, host] : hosts)
    free.hide(*host);
  what.waiting += static_cast<std::uint32_t>(more);
  for (const auto& [number, host] : hosts)
    free.show(*host);
}

void turns::put(task_row& row, const task& what) {
  auto& job = job_of(what);
  auto& tenant = *job.owner;
  row.of = &job;
  ++waiting_;
  ++job.uses;
  job.waiting_ms += row.expected_ms;
  if (tenant.active)
    ++tenant.waiting;
  else
    change(tenant, [](tenant_row& it) { ++it.waiting; });

  auto& line = line_of({what.kind, what.needs, what.avoid});
  const std::pair rank{what.haste, -std::int64_t{what.priority}};
  auto& level = line.levels[rank];
  level.in = &line;
  level.rank = rank;
  auto& tenants = level.seats[&tenant];
  if (tenants.of == nullptr) {
    tenants.of = &tenant;
    tenants.in = &level;
    tenant.seats.push_back(&tenants);
    level.needing.insert(&tenants);
    level.sharing.insert(&tenants);
  }
  auto& seat = tenants.seats[&job];
  if (seat.of == nullptr) {
    seat.of = &job;
    seat.in = &tenants;
    job.seats.push_back(&seat);
    tenants.jobs.emplace(job.turn(), &seat);
  }
  row.seat = &seat;
  seat.tasks.insert(&row);
  if (what.affinity.empty())
    return;
  auto& affinity = job.affinities[what.affinity];
  affinity.of = &job;
  row.affinity = &affinity;
  seat.by_affinity[&affinity].insert(&row);
  await(affinity, 1);
}

void turns::take_out(task_row& row) {
  auto& seat = *std::exchange(row.seat, nullptr);
  auto& job = *row.of;
  --waiting_;
  seat.tasks.erase(&row);
  if (row.affinity != nullptr) {
    const auto alike = seat.by_affinity.find(row.affinity);
    alike->second.erase(&row);
    if (alike->second.empty())
      seat.by_affinity.erase(alike);
    await(*row.affinity, -1);
  }
  job.waiting_ms -= row.expected_ms;
  --job.owner->waiting;
  if (!seat.tasks.empty())
    return;
  auto& tenants = *seat.in;
  tenants.jobs.erase(job.turn());
  std::erase(job.seats, &seat);
  tenants.seats.erase(&job);
  if (!tenants.seats.empty())
    return;
  auto& level = *tenants.in;
  level.needing.erase(&tenants);
  level.sharing.erase(&tenants);
  std::erase(job.owner->seats, &tenants);
  level.seats.erase(job.owner);
  if (level.seats.empty())
    level.in->levels.erase(std::pair{level.rank});
}

void turns::began(task_row& row, std::int64_t now_ms) {
  row.since_ms = now_ms;
  row.charged_ms = row.expected_ms > 0 ? row.expected_ms : static_cast<std::uint32_t>(usual_ms_);
  ++tick_;
  change(*row.of, [&](job_row& it) {
    ++it.held;
    it.served = tick_;
    it.ends_sum_ms += now_ms + row.expected_ms;
  });
  change(*row.of->owner, [&](tenant_row& it) {
    ++it.held;
    it.served = tick_;
    it.used += static_cast<double>(row.charged_ms) / it.share;
  });
}

void turns::over(task_row& row, std::int64_t now_ms) {
  const auto took_ms = static_cast<double>(std::max<std::int64_t>(now_ms - row.since_ms, 0));
  constexpr double weight = 1.0 / 16;
  usual_ms_ += weight * (std::min(took_ms, 10 * usual_ms_ + 1000) - usual_ms_);
  change(*row.of, [&](job_row& it) {
    --it.held;
    it.ends_sum_ms -= row.since_ms + row.expected_ms;
  });
  change(*row.of->owner, [&](tenant_row& it) {
    --it.held;
    it.used += (took_ms - row.charged_ms) / it.share;
  });
}

void turns::forget(task_row& row) {
  auto& tenant = *row.of->owner;
  if (tenant.waiting + tenant.held == 0)
    leave(tenant);
  release(*row.of);
}

bool turns::entitled(const tenant_seat& it) const {
  return (it.of->held + std::uint64_t{1}) * active_shares_ <= slots_ * it.of->share;
}

tenant_seat* turns::first(const level_row& level) const {
  auto* needs_most = *level.needing.begin();
  return entitled(*needs_most) ? needs_most : *level.sharing.begin();
}

bool turns::before(const job_seat& a, const job_seat& b) const {
  const auto& in_a = *a.in;
  const auto& in_b = *b.in;
  if (in_a.in->rank != in_b.in->rank)
    return in_a.in->rank < in_b.in->rank;
  if (in_a.of != in_b.of) {
    const auto due = entitled(in_a);
    if (due != entitled(in_b))
      return due;
    return due ? by_need{}(&in_a, &in_b) : by_use{}(&in_a, &in_b);
  }
  if (a.of != b.of)
    return a.of->turn() < b.of->turn();
  return by_index{}(*a.tasks.begin(), *b.tasks.begin());
}

job_seat* turns::next(const std::function<bool(stage)>& is_open) const {
  job_seat* best = nullptr;
  for (const auto& [name, line] : lines_) {
    if (line.levels.empty() || line.hosts->free.empty() || !is_open(line.kind))
      continue;
    auto* seat = first(line.levels.begin()->second)->jobs.begin()->second;
    if (best == nullptr || before(*seat, *best))
      best = seat;
  }
  return best;
}

const job_row* turns::find(const std::string& job) const {
  const auto known = jobs_.find(job);
  return known == jobs_.end() ? nullptr : &known->second;
}

} // namespace vdoc::dispatch
