#include "cluster/dispatch/slot_rules.hpp"
#include "cluster/dispatch/turns.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

/// What is only about nodes: which get nothing new, and which a task avoids.
namespace vdoc::dispatch {

bool slot_rules::may_run_elsewhere(const task& what) const {
  auto needs = what.needs;
  std::ranges::sort(needs);
  return std::ranges::any_of(hosts_, [&](const auto& each) {
    const auto& host = *each.second;
    return host.takes(static_cast<std::size_t>(slot_of(what.kind))) &&
           host.at->name != what.avoid && host.capacity.of(slot_of(what.kind)) > 0 &&
           std::ranges::includes(host.offers, needs);
  });
}

effects slot_rules::relax() {
  effects out;
  std::vector<task> stuck;
  for (const auto& [id, what] : avoiding_)
    if (!may_run_elsewhere(what))
      stuck.push_back(what);
  for (auto& what : stuck) {
    remove(tasks_.find(what.id));
    what.avoid.reset();
    auto more = want(what);
    out.insert(out.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }
  return out;
}

opening slot_rules::opening_of(const std::string& node) const {
  if (closed_.contains(node) || (light_.contains(node) && lacks_others()))
    return opening::nothing;
  return light_.contains(node) ? opening::light : opening::all;
}

void slot_rules::set_opening(place_row& place, opening to) {
  if (place.is == to)
    return;
  for (const auto* host : place.hosts)
    count_slots(*host, -1);
  place.is = to;
  for (auto* host : place.hosts) {
    count_slots(*host, 1);
    touch(*host);
  }
}

void slot_rules::settle_light_nodes() {
  for (const auto& name : light_)
    if (const auto place = places_.find(name); place != places_.end())
      set_opening(*place->second, opening_of(name));
}

effects slot_rules::close_nodes(const std::set<std::string>& nodes,
                                const std::set<std::string>& light) {
  closed_ = nodes;
  light_ = light;
  for (auto& [name, place] : places_)
    set_opening(*place, opening_of(name));
  settle_light_nodes(); // what is heavy has been counted now
  auto out = relax();
  auto more = match();
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return out;
}

std::string slot_rules::host_of(const std::string& task_id) const {
  const auto found = tasks_.find(task_id);
  return found == tasks_.end() || found->second->host == nullptr ? "" : found->second->host->name;
}

bool slot_rules::others_can_do_work_of(const std::string& node) const {
  std::array<bool, slot_count> here{}, elsewhere{};
  for (const auto& [name, host] : hosts_)
    for (std::size_t i = 0; i < slot_count; ++i)
      if (host->capacity.of(static_cast<slot>(i)) > 0) {
        auto& side = host->at->name == node ? here : elsewhere;
        side[i] = side[i] || host->at->name == node || host->takes(i);
      }
  for (std::size_t i = 0; i < slot_count; ++i)
    if (here[i] && !elsewhere[i])
      return false;
  return true;
}

} // namespace vdoc::dispatch
