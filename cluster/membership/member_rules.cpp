#include "cluster/membership/member_rules.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::membership {

namespace {

std::string words_of(const protocol_range& range) {
  return range.oldest == range.newest
             ? "version " + std::to_string(range.newest)
             : "versions " + std::to_string(range.oldest) + " to " + std::to_string(range.newest);
}

std::string seconds(std::int64_t ms) {
  const auto tenths = ms / 100;
  return std::to_string(tenths / 10) +
         (tenths % 10 == 0 ? std::string{} : "." + std::to_string(tenths % 10)) + " s";
}

} // namespace

agreement agree(const protocol_range& ours, const announcement& theirs) {
  const auto& speaks = theirs.speaks;
  if (speaks.oldest > speaks.newest)
    return {0, theirs.node + " says that it speaks no version of the protocol"};
  const auto newest = std::min(ours.newest, speaks.newest);
  if (newest >= std::max(ours.oldest, speaks.oldest))
    return {newest, {}};
  const bool theirs_is_older = speaks.newest < ours.oldest;
  return {0, theirs.node + " (video-doc " + theirs.version + ") speaks " + words_of(speaks) +
                 " of the protocol, this cluster " + words_of(ours) + ": upgrade " +
                 (theirs_is_older ? theirs.node : "the cluster first, one version at a time")};
}

member_rules::row& member_rules::row_of(const std::string& node, std::int64_t now_ms) {
  const auto [it, is_new] = rows_.try_emplace(node);
  if (is_new) {
    it->second.shown.what.node = node;
    it->second.shown.since_ms = now_ms;
    it->second.is = health::down;
    it->second.shown.state = member_state::down;
    it->second.health_reason = it->second.shown.reason = "it has not come yet";
  }
  return it->second;
}

member_rules::row* member_rules::known(const std::string& node, const std::string& incarnation) {
  const auto it = rows_.find(node);
  return it != rows_.end() && it->second.shown.what.incarnation == incarnation &&
                 it->second.is != health::down
             ? &it->second
             : nullptr;
}

/// What it shows follows from how it is and what was ordered.
void member_rules::show(row& it, std::int64_t now_ms, member_effects& out) {
  auto state = member_state::up;
  auto reason = it.health_reason;
  if (it.is == health::down)
    state = member_state::down;
  else if (it.is == health::joining)
    state = member_state::joining;
  else if (it.orders.quarantine)
    state = member_state::quarantined;
  else if (it.is == health::suspect)
    state = member_state::suspect;
  else if (it.orders.drain || !it.going.empty())
    state = member_state::draining;
  else if (it.orders.cordon)
    state = member_state::cordoned;
  if (state == member_state::draining && !it.orders.drain)
    reason = it.going;
  else if (state == member_state::quarantined || state == member_state::draining ||
           state == member_state::cordoned)
    reason = it.orders.first()->why;
  it.shown.reason = reason;
  const auto from = std::exchange(it.shown.state, state);
  if (from == state)
    return;
  it.shown.since_ms = now_ms;
  out.emplace_back(changed{it.shown.what.node, from, state});
}

void member_rules::lose(row& it, member_loss how, const std::string& why, std::int64_t now_ms,
                        member_effects& out) {
  if (const auto admission = std::exchange(it.shown.admission, 0); admission != 0)
    out.emplace_back(lost{it.shown.what.node, admission, how});
  it.shown.protocol = 0;
  it.is = health::down;
  it.going.clear();
  it.health_reason = why;
  show(it, now_ms, out);
}

member_effects member_rules::announced(const announcement& what, std::int64_t now_ms) {
  member_effects out;
  auto& it = row_of(what.node, now_ms);
  const bool same = it.shown.what.incarnation == what.incarnation;
  if (same && it.shown.admission != 0) { // its answer was lost
    out = heard(what.node, what.incarnation, now_ms);
    out.emplace_back(admitted{what.node, it.shown.admission, it.shown.protocol});
    return out;
  }
  const auto agreed = agree(speaks_, what);
  if (it.shown.admission != 0 && it.is == health::up) {
    out.emplace_back(refused{what.node, what.incarnation,
                             "another process is called " + what.node +
                                 " and answers: give this node another name, or stop that one"});
    return out;
  }
  if (it.shown.admission != 0)
    lose(it, member_loss::replaced, "another process took its place", now_ms, out);
  it.shown.what = what;
  it.heard_ms = now_ms;
  if (agreed.protocol == 0) {
    it.is = health::joining;
    it.health_reason = agreed.why;
    show(it, now_ms, out);
    out.emplace_back(refused{what.node, what.incarnation, agreed.why});
    return out;
  }
  end_drain_of_others(it, what.incarnation, out);
  it.is = health::up;
  it.health_reason.clear();
  it.shown.admission = ++admissions_;
  it.shown.protocol = agreed.protocol;
  show(it, now_ms, out);
  out.emplace_back(admitted{what.node, it.shown.admission, it.shown.protocol});
  return out;
}

member_effects member_rules::heard(const std::string& node, const std::string& incarnation,
                                   std::int64_t now_ms) {
  member_effects out;
  auto* it = known(node, incarnation);
  if (it == nullptr)
    return out;
  it->heard_ms = now_ms;
  if (it->is == health::suspect) {
    it->is = health::up;
    it->health_reason.clear();
    show(*it, now_ms, out);
  }
  return out;
}

member_effects member_rules::connection_broke(const std::string& node,
                                              const std::string& incarnation, std::int64_t now_ms) {
  member_effects out;
  if (auto* it = known(node, incarnation))
    lose(*it, member_loss::crashed, "its connection broke", now_ms, out);
  return out;
}

member_effects member_rules::leaves(const std::string& node, const std::string& incarnation,
                                    std::int64_t now_ms) {
  member_effects out;
  if (auto* it = known(node, incarnation))
    lose(*it, member_loss::left, "it has left", now_ms, out);
  return out;
}

member_effects member_rules::tick(std::int64_t now_ms) {
  member_effects out;
  for (auto& [name, it] : rows_) {
    const auto silent = now_ms - it.heard_ms;
    if (it.is == health::down)
      continue;
    if (silent >= terms_.down_after_ms) {
      lose(it, member_loss::silent,
           "nothing was heard of it for " + seconds(terms_.down_after_ms) +
               ": it hangs, or the way to it is cut",
           now_ms, out);
    } else if (it.is == health::up && silent >= terms_.suspect_after_ms) {
      it.is = health::suspect;
      it.health_reason = "nothing was heard of it for " + seconds(terms_.suspect_after_ms);
      show(it, now_ms, out);
    }
  }
  std::erase_if(rows_, [&](const auto& each) {
    const auto& it = each.second;
    return it.is == health::down && it.orders.none() &&
           now_ms - it.shown.since_ms >= terms_.forgotten_after_ms;
  });
  return out;
}

std::optional<std::int64_t> member_rules::wake_at_ms() const {
  std::optional<std::int64_t> first;
  for (const auto& [name, it] : rows_) {
    std::int64_t at = it.heard_ms + terms_.down_after_ms;
    if (it.is == health::down)
      at = it.shown.since_ms + terms_.forgotten_after_ms;
    else if (it.is == health::up)
      at = it.heard_ms + terms_.suspect_after_ms;
    if (it.is != health::down || it.orders.none())
      first = std::min(first.value_or(at), at);
  }
  return first;
}

member_effects member_rules::goes(const std::string& node, const std::string& incarnation,
                                  const std::string& why, std::int64_t now_ms) {
  member_effects out;
  if (auto* it = known(node, incarnation)) {
    it->going = why;
    show(*it, now_ms, out);
  }
  return out;
}

member_effects member_rules::order(const std::string& node, const node_orders& all,
                                   std::int64_t now_ms) {
  member_effects out;
  if (all.none() && !rows_.contains(node))
    return out;
  auto& it = row_of(node, now_ms);
  it.orders = all;
  show(it, now_ms, out);
  return out;
}

node_orders member_rules::orders_of(const std::string& node) const {
  const auto it = rows_.find(node);
  return it == rows_.end() ? node_orders{} : it->second.orders;
}

std::map<std::string, node_orders> member_rules::orders() const {
  std::map<std::string, node_orders> all;
  for (const auto& [name, it] : rows_)
    if (!it.orders.none())
      all[name] = it.orders;
  return all;
}

void member_rules::end_drain_of_others(row& it, const std::string& incarnation,
                                       member_effects& out) {
  if (!it.orders.drain || it.orders.drain->incarnation == incarnation)
    return;
  it.orders.drain.reset();
  out.emplace_back(orders_over{it.shown.what.node});
}

member_effects member_rules::is_elsewhere(const std::string& node, const std::string& incarnation) {
  member_effects out;
  if (const auto it = rows_.find(node); it != rows_.end())
    end_drain_of_others(it->second, incarnation, out);
  return out;
}

bool member_rules::takes_work(const std::string& node) const {
  const auto* it = find(node);
  return it != nullptr && it->state == member_state::up;
}

std::vector<std::string> member_rules::closed() const {
  std::vector<std::string> names;
  for (const auto& [name, it] : rows_) {
    const bool is_here = it.is == health::up || it.is == health::suspect;
    if (!it.orders.none() || (is_here && it.shown.state != member_state::up))
      names.push_back(name);
  }
  return names;
}

bool member_rules::is_current(const std::string& node, std::uint64_t admission) const {
  const auto* it = find(node);
  return it != nullptr && admission != 0 && it->admission == admission;
}

const member* member_rules::find(const std::string& node) const {
  const auto it = rows_.find(node);
  return it == rows_.end() ? nullptr : &it->second.shown;
}

std::vector<member> member_rules::all() const {
  std::vector<member> everybody;
  for (const auto& [name, it] : rows_)
    everybody.push_back(it.shown);
  return everybody;
}

} // namespace vdoc::membership
