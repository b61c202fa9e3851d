#include "cluster/dispatch/slot_rules.hpp"

#include "cluster/dispatch/keepers.hpp"
#include "cluster/dispatch/turns.hpp"
#include "cluster/dispatch/twins.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace vdoc::dispatch {

namespace {

constexpr std::size_t heavy = static_cast<std::size_t>(slot::heavy);

constexpr std::size_t at(stage kind) noexcept {
  return static_cast<std::size_t>(slot_of(kind));
}

/// The task of a seat that a free host has open already, and that host; nothing: there is none.
std::pair<task_row*, host_row*> open_already(const job_seat& seat) {
  std::pair<task_row*, host_row*> chosen{};
  const auto& hosts = *seat.in->in->in->hosts;
  const auto consider = [&](const affinity_row& open, task_row* first) {
    if (chosen.first != nullptr && !by_index{}(first, chosen.first))
      return;
    const auto host =
        std::ranges::find_if(open.open, [&](const auto& it) { return hosts.fits(*it.second); });
    if (host != open.open.end())
      chosen = {first, host->second};
  };
  if (seat.of->open.size() < seat.by_affinity.size()) {
    for (auto* open : seat.of->open)
      if (const auto alike = seat.by_affinity.find(open); alike != seat.by_affinity.end())
        consider(*open, *alike->second.begin());
  } else {
    for (const auto& [open, alike] : seat.by_affinity)
      consider(*open, *alike.begin());
  }
  return chosen;
}

} // namespace

slot_rules::slot_rules() : keepers_{std::make_unique<keepers>()} {
  for (std::size_t i = 0; i < slot_count; ++i)
    turns_[i] = std::make_unique<turns>(i);
}

slot_rules::~slot_rules() = default;

task_row& slot_rules::take_in(const task& wanted) {
  auto made = std::make_unique<task_row>();
  auto& row = *made;
  row.id = wanted.id;
  row.index = wanted.index;
  row.kind = wanted.kind;
  row.arrival = ++arrivals_;
  row.since_ms = now_ms_;
  row.units = wanted.cost.units;
  row.moving_ms = wanted.cost.moving_ms;
  row.kept = wanted.kept;
  row.maybe_elsewhere = wanted.maybe_elsewhere;
  if (!wanted.cost.work.empty()) {
    const auto work = works_.try_emplace(wanted.cost.work).first;
    ++work->second;
    row.work = &work->first;
    constexpr double most_ms = 1e9;
    row.expected_ms = static_cast<std::uint32_t>(
        std::min(costs_.expect(*row.work, "", row.units).value_or(0), most_ms));
  }
  if (!wanted.near.empty())
    row.near = use_place(wanted.near);
  if (row.work != nullptr && wanted.needs.empty())
    row.twins = twinning::possible;
  tasks_.emplace(row.id, std::move(made));
  return row;
}

effects slot_rules::want(const task& wanted) {
  if (tasks_.contains(wanted.id))
    return {};
  auto& row = take_in(wanted);
  if (wanted.avoid && !may_run_elsewhere(wanted)) {
    auto anywhere = wanted;
    anywhere.avoid.reset();
    of(row.kind).put(row, anywhere);
  } else {
    of(row.kind).put(row, wanted);
    if (wanted.avoid)
      avoiding_.emplace(wanted.id, wanted);
  }
  enlist(row);
  return match();
}

effects slot_rules::finish(const std::string& task_id) {
  const auto it = tasks_.find(task_id);
  if (it == tasks_.end())
    return {};
  if (it->second->host != nullptr)
    learn(*it->second);
  remove(it);
  return match();
}

effects slot_rules::withdraw(const std::vector<std::string>& task_ids) {
  for (const auto& id : task_ids)
    if (const auto it = tasks_.find(id); it != tasks_.end()) {
      learn_from_straggler(*it->second);
      remove(it);
    }
  return match();
}

void slot_rules::remove(tasks_at it) {
  auto& task = *it->second;
  if (auto* host = task.host) {
    take_back(task);
    touch(*host);
  } else {
    delist(task);
    of(task.kind).take_out(task);
  }
  forget(it);
}

effects slot_rules::host_up(const std::string& host, const slots& capacity, const host_place& at) {
  auto out = host_down(host, {host_end::lost, "another process took its place"});
  auto& made = hosts_[host];
  made = std::make_unique<host_row>();
  made->name = host;
  made->number = ++hosts_ever_;
  made->capacity = capacity;
  made->offers = at.offers;
  keepers_->host_up(*made, made->offers);
  std::ranges::sort(made->offers);
  made->at = use_place(at.node);
  made->at->hosts.insert(made.get());
  made->at->slowness = slowness_step(costs_.slowness(at.node));
  count_slots(*made, 1);
  settle_light_nodes();
  touch(*made);
  auto more = match();
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return out;
}

effects slot_rules::host_down(const std::string& host, const host_loss& loss) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end())
    return {};
  auto& gone = *found->second;
  hide(gone);
  auto held = gone.holds;
  std::ranges::sort(held, {}, [](const task_row* it) { return std::string_view{it->id}; });
  const auto is_heavy = [](const task_row* it) { return at(it->kind) == heavy; };
  const auto all_heavy = std::ranges::count_if(held, is_heavy);
  effects out;
  for (auto* task : held) {
    out.emplace_back(slot_lost{task->id, host, loss, all_heavy > (is_heavy(task) ? 1 : 0)});
    take_back(*task);
    forget(tasks_.find(task->id));
  }
  for (std::size_t i = 0; i < slot_count; ++i) {
    turns_[i]->free.forget(gone);
    if (gone.open[i] != nullptr)
      turns_[i]->let_go(*gone.open[i]);
  }
  count_slots(gone, -1);
  keepers_->host_down(gone);
  gone.at->hosts.erase(&gone);
  drop_place(gone.at);
  hosts_.erase(found);
  settle_light_nodes();
  auto more = relax();
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return out;
}

effects slot_rules::host_drains(const std::string& host) {
  if (const auto it = hosts_.find(host); it != hosts_.end() && !it->second->draining) {
    hide(*it->second);
    count_slots(*it->second, -1);
    it->second->draining = true;
    settle_light_nodes();
    return relax();
  }
  return {};
}

effects slot_rules::set_stage(stage kind, const resources::start_terms& terms) {
  gate_of(kind).set(terms);
  return match();
}

void slot_rules::set_share(const std::string& tenant, std::uint32_t share) {
  for (auto& each : turns_)
    each->set_share(tenant, share);
}

std::optional<std::int64_t> slot_rules::wake_in_ms() const {
  std::optional<std::int64_t> least;
  for (std::size_t i = 0; i < stage_count; ++i)
    if (const auto wait = gates_[i].wait_ms(now_ms_); wait && lists_[i].count > 0)
      least = std::min(least.value_or(*wait), *wait);
  if (const auto wait = keepers_->gathers_for_ms(now_ms_); wait > 0)
    least = std::min(least.value_or(wait), wait);
  if (const auto wait = glance_in_ms())
    least = std::min(least.value_or(*wait), *wait);
  return least;
}

std::vector<stage_view> slot_rules::stages() const {
  std::vector<stage_view> all(stage_count);
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto& list = lists_[i];
    all[i] = {static_cast<stage>(i), gates_[i].terms(), list.count, gates_[i].running(),
              list.oldest != nullptr ? now_ms_ - list.oldest->since_ms : 0};
  }
  return all;
}

std::optional<std::int64_t> slot_rules::ends_in_ms(const std::string& job) const {
  const auto* known = turns_[heavy]->find(job);
  if (known == nullptr)
    return std::nullopt;
  const auto running = std::max<std::int64_t>(0, known->ends_sum_ms - known->held * now_ms_);
  const auto left = known->waiting_ms + running;
  return left > 0 ? std::optional{left / std::max(known->held, 1U)} : std::nullopt;
}

bool slot_rules::idle(const std::string& host) const {
  const auto known = hosts_.find(host);
  return known == hosts_.end() || known->second->holds.empty();
}

std::uint32_t slot_rules::slots_of(slot which) const {
  return all_slots_[static_cast<std::size_t>(which)];
}

void slot_rules::count_slots(const host_row& host, std::int32_t times) {
  for (std::size_t i = 0; i < slot_count; ++i) {
    if (!host.takes(i))
      continue;
    all_slots_[i] += static_cast<std::uint32_t>(times) * host.capacity.of(static_cast<slot>(i));
    turns_[i]->set_slots(all_slots_[i]);
  }
}

effects slot_rules::match() {
  effects out;
  const bool gathers = keepers_->gathers_for_ms(now_ms_) > 0;
  for (std::size_t i = 0; i < slot_count; ++i)
    while (!(gathers && i == heavy) && match_one(i, out)) {
    }
  give_twins(out);
  return out;
}

bool slot_rules::match_one(std::size_t slot, effects& out) {
  auto& waiting = *turns_[slot];
  if (waiting.none_waits())
    return false;
  waiting.free.refresh();
  if (waiting.free.none())
    return false;
  const auto* seat = waiting.next([this](stage kind) { return gate_of(kind).is_open(now_ms_); });
  if (seat == nullptr)
    return false;
  auto [task, host] = keepers_->find(*seat, slot);
  if (task != nullptr)
    task->is_done_there = true;
  else
    std::tie(task, host) = open_already(*seat);
  if (task == nullptr) {
    task = keepers::next(*seat, now_ms_);
    host = waiting.free.best(*seat->in->in->in->hosts, *task);
  }
  give(*task, *host, out);
  return true;
}

void slot_rules::give(task_row& task, host_row& to, effects& out) {
  auto& waiting = of(task.kind);
  avoiding_.erase(task.id);
  delist(task);
  keepers_->begins(task);
  waiting.take_out(task);
  waiting.free.hide(to);
  waiting.began(task, now_ms_);
  gate_of(task.kind).began(now_ms_);
  ++granted_;
  ++to.taken[at(task.kind)];
  to.holds.push_back(&task);
  task.host = &to;
  auto& open = to.open[at(task.kind)];
  if (task.affinity != nullptr)
    waiting.keep(*task.affinity);
  if (auto* before = std::exchange(open, task.affinity))
    waiting.let_go(*before);
  touch(to);
  out.emplace_back(slot_given{task.id, to.name});
  if (doubling_ && task.twins == twinning::possible)
    glance_at(task, now_ms_ + first_glance_ms(costs_.expect(*task.work, "", task.units)));
}

void slot_rules::take_back(task_row& task) {
  ignore(task);
  auto& host = *std::exchange(task.host, nullptr);
  --host.taken[at(task.kind)];
  std::erase(host.holds, &task);
  --granted_;
  gate_of(task.kind).over();
  of(task.kind).over(task, now_ms_);
}

void slot_rules::forget(tasks_at it) {
  auto& task = *it->second;
  avoiding_.erase(task.id);
  if (task.twin != nullptr)
    task.twin->twin = nullptr;
  if (task.near != nullptr)
    drop_place(task.near);
  if (task.work != nullptr)
    if (const auto work = works_.find(*task.work); --work->second == 0)
      works_.erase(work);
  of(task.kind).forget(task);
  tasks_.erase(it);
}

void slot_rules::enlist(task_row& task) {
  auto& list = lists_[static_cast<std::size_t>(task.kind)];
  ++list.count;
  task.older = std::exchange(list.youngest, &task);
  (task.older != nullptr ? task.older->younger : list.oldest) = &task;
  keepers_->waits(task);
}

void slot_rules::delist(task_row& task) {
  auto& list = lists_[static_cast<std::size_t>(task.kind)];
  --list.count;
  (task.older != nullptr ? task.older->younger : list.oldest) = task.younger;
  (task.younger != nullptr ? task.younger->older : list.youngest) = task.older;
  task.older = task.younger = nullptr;
  keepers_->waits_no_more(task);
}

void slot_rules::hide(host_row& host) {
  for (auto& each : turns_)
    each->free.hide(host);
}

void slot_rules::touch(host_row& host) {
  for (auto& each : turns_)
    each->free.touch(host);
}

void slot_rules::learn(const task_row& task) {
  if (task.work == nullptr || task.is_done_there)
    return;
  auto& place = *task.host->at;
  costs_.learn(*task.work, place.name, task.units, now_ms_ - task.since_ms);
  const auto slowness = slowness_step(costs_.slowness(place.name));
  if (slowness == place.slowness)
    return;
  place.slowness = slowness;
  for (auto* host : place.hosts)
    touch(*host);
}

place_row* slot_rules::use_place(const std::string& name) {
  auto& place = places_[name];
  if (!place) {
    place = std::make_unique<place_row>();
    place->name = name;
    place->is = opening_of(name);
  }
  ++place->uses;
  return place.get();
}

void slot_rules::drop_place(place_row* place) {
  if (--place->uses == 0)
    places_.erase(std::string{place->name});
}

} // namespace vdoc::dispatch
