#include "cluster/membership/visitor_rules.hpp"

#include <iterator>

namespace vdoc::membership {

using dispatch::host_end;
using dispatch::host_loss;

std::string visitor_name(const std::string& node, const std::string& host) {
  return node + "/" + host;
}

visitor_rules::row* visitor_rules::known(const std::string& name, const std::string& incarnation) {
  const auto it = rows_.find(name);
  return it != rows_.end() && it->second.incarnation == incarnation ? &it->second : nullptr;
}

void visitor_rules::lose(const std::string& name, const row& it, const host_loss& how,
                         visitor_effects& out) {
  if (it.works)
    out.emplace_back(visitor_lost{name, it.incarnation, how});
}

visitor_effects visitor_rules::hello(const std::string& node, const std::string& host,
                                     const std::string& incarnation, std::int64_t now_ms) {
  visitor_effects out;
  const auto name = visitor_name(node, host);
  auto& it = rows_[name];
  if (it.incarnation == incarnation) { // our answer was lost
    it.heard_ms = now_ms;
    it.broke_ms = -1;
    return out;
  }
  lose(name, it, {host_end::lost, "another process took its place"}, out);
  it = {node, incarnation, false, now_ms, -1};
  return out;
}

visitor_effects visitor_rules::sees_our_files(const std::string& name,
                                              const std::string& incarnation, std::int64_t now_ms) {
  auto* it = known(name, incarnation);
  if (it == nullptr || it->works)
    return {};
  it->works = true;
  it->heard_ms = now_ms;
  return {visitor_works{name}};
}

void visitor_rules::answered(const std::string& name, const std::string& incarnation,
                             std::int64_t now_ms) {
  if (auto* it = known(name, incarnation))
    it->heard_ms = now_ms;
}

void visitor_rules::connection_broke(const std::string& name, const std::string& incarnation,
                                     std::int64_t now_ms) {
  if (auto* it = known(name, incarnation); it != nullptr && it->broke_ms < 0)
    it->broke_ms = now_ms;
}

visitor_effects visitor_rules::ended(const std::string& name, const std::string& incarnation,
                                     const host_loss& how) {
  visitor_effects out;
  if (const auto* it = known(name, incarnation)) {
    lose(name, *it, how, out);
    rows_.erase(name);
  }
  return out;
}

visitor_effects visitor_rules::node_lost(const std::string& node, const std::string& why) {
  visitor_effects out;
  std::erase_if(rows_, [&](const auto& each) {
    if (each.second.node != node)
      return false;
    lose(each.first, each.second, {host_end::lost, why}, out);
    return true;
  });
  return out;
}

visitor_effects
visitor_rules::tick(std::int64_t now_ms,
                    const std::function<bool(const std::string& node)>& node_answers) {
  visitor_effects out;
  const bool stood_still = ticked_ms_ >= 0 && now_ms - ticked_ms_ > terms_.silence_ms / 2;
  ticked_ms_ = now_ms;
  for (auto at = rows_.begin(); at != rows_.end();) {
    auto& it = at->second;
    if (stood_still) // it was us who stood still: nobody could answer
      it.heard_ms = now_ms;
    const bool broke = it.broke_ms >= 0 && now_ms - it.broke_ms >= terms_.cause_ms;
    const bool hangs =
        it.broke_ms < 0 && now_ms - it.heard_ms >= terms_.silence_ms && node_answers(it.node);
    if (broke)
      lose(at->first, it, {host_end::lost, "the connection broke"}, out);
    else if (hangs)
      lose(at->first, it,
           {host_end::hung,
            "no answer for " + std::to_string(terms_.silence_ms) + " ms, though its node answers"},
           out);
    at = broke || hangs ? rows_.erase(at) : std::next(at);
  }
  return out;
}

bool visitor_rules::works(const std::string& name) const {
  const auto it = rows_.find(name);
  return it != rows_.end() && it->second.works;
}

bool visitor_rules::is_here(const std::string& name, const std::string& incarnation) const {
  const auto it = rows_.find(name);
  return it != rows_.end() && it->second.incarnation == incarnation;
}

std::vector<std::string> visitor_rules::of_node(const std::string& node) const {
  std::vector<std::string> names;
  for (const auto& [name, it] : rows_)
    if (it.node == node)
      names.push_back(name);
  return names;
}

} // namespace vdoc::membership
