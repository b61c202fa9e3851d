#include "actors/courier/rules.hpp"

#include <algorithm>
#include <cctype>

namespace vdoc::courier {

std::string target_of(const std::string& url) {
  const auto colon = url.find("://");
  if (colon == std::string::npos)
    return url;
  auto rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = rest.rfind('@'); at != std::string::npos)
    rest.erase(0, at + 1);
  std::ranges::transform(rest, rest.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto last = rest.rfind(':');
  const bool has_port = last != std::string::npos && rest.find(']', last) == std::string::npos;
  if (!has_port)
    rest += url.starts_with("https") ? ":443" : ":80";
  return rest;
}

rules::rules(rule_terms terms, std::uint32_t seed) : terms_{std::move(terms)}, chance_{seed} {}

void rules::add(delivery what) {
  const auto key = what.key;
  const auto target_name = target_of(what.url);
  const auto [it, is_new] = all_.try_emplace(key, entry{std::move(what), target_name});
  if (!is_new)
    return;
  waiting_.emplace(it->second.what.due_unix_ms, key);
  auto [where, first] = targets_.try_emplace(target_name);
  if (first)
    where->second.breaker = resources::breaker{terms_.breaker};
  ++where->second.open;
}

std::int64_t rules::wait_after(std::uint32_t attempts) {
  const auto wait = static_cast<double>(terms_.waits_ms.at(attempts - 1));
  std::uniform_real_distribution<double> spread{1 - terms_.jitter, 1 + terms_.jitter};
  return static_cast<std::int64_t>(wait * spread(chance_));
}

void rules::drop(std::map<std::string, entry>::iterator which) {
  const auto where = targets_.find(which->second.target);
  if (--where->second.open == 0 &&
      where->second.breaker.where() == resources::breaker::position::closed)
    targets_.erase(where);
  all_.erase(which);
}

void rules::ended(const std::string& key, reply how, std::int64_t now_unix_ms) {
  const auto found = all_.find(key);
  if (found == all_.end() || !found->second.under_way)
    return;
  auto& it = found->second;
  auto& target = targets_.at(it.target);
  it.under_way = false;
  --target.under_way;
  --under_way_;
  if (how == reply::put_off) {
    target.breaker.trial_withdrawn(now_unix_ms);
    it.what.due_unix_ms = now_unix_ms + terms_.put_off_ms;
    waiting_.emplace(it.what.due_unix_ms, key);
    return;
  }
  if (how == reply::failed)
    target.breaker.failed(now_unix_ms);
  else
    target.breaker.succeeded();
  if (how == reply::failed && it.what.attempts < terms_.waits_ms.size()) {
    ++it.what.attempts;
    it.what.due_unix_ms = now_unix_ms + wait_after(it.what.attempts);
    waiting_.emplace(it.what.due_unix_ms, key);
    out_.remembers.push_back({key, it.what.attempts, it.what.due_unix_ms});
    return;
  }
  out_.forgets.push_back({key, how == reply::taken});
  drop(found);
}

void rules::reset(const std::string& target, std::int64_t now_unix_ms) {
  const auto found = targets_.find(target);
  if (found == targets_.end())
    return;
  found->second.breaker.succeeded();
  for (auto& [key, it] : all_)
    if (it.target == target && waiting_.erase({it.what.due_unix_ms, key}) > 0) {
      it.what.due_unix_ms = std::min(it.what.due_unix_ms, now_unix_ms);
      waiting_.emplace(it.what.due_unix_ms, key);
    }
  if (found->second.open == 0)
    targets_.erase(found);
}

effects rules::decide(std::int64_t now_unix_ms) {
  for (auto at = waiting_.begin();
       at != waiting_.end() && at->first <= now_unix_ms && under_way_ < terms_.most_at_once;) {
    auto& it = all_.at(at->second);
    auto& target = targets_.at(it.target);
    const bool closed = target.breaker.where() == resources::breaker::position::closed;
    const bool may = closed ? target.under_way < terms_.most_for_one_target
                            : target.under_way == 0 && target.breaker.try_again(now_unix_ms);
    if (!may) {
      ++at;
      continue;
    }
    it.under_way = true;
    ++target.under_way;
    ++under_way_;
    out_.sends.push_back({at->second});
    at = waiting_.erase(at);
  }
  return std::exchange(out_, {});
}

std::optional<std::int64_t> rules::next_unix_ms() const {
  if (waiting_.empty())
    return std::nullopt;
  std::optional<std::int64_t> least;
  for (const auto& [due, key] : waiting_) {
    if (least && due >= *least)
      break;
    const auto& target = targets_.at(all_.at(key).target);
    if (target.under_way > 0 && target.under_way >= terms_.most_for_one_target)
      continue; // its end is what is waited for
    const bool open = target.breaker.where() == resources::breaker::position::open;
    const auto when = open ? std::max(due, target.breaker.next_trial_ms()) : due;
    least = std::min(least.value_or(when), when);
  }
  return least;
}

std::vector<breaker_view> rules::breakers(std::size_t most) const {
  using position = resources::breaker::position;
  std::vector<breaker_view> all;
  for (const auto& [name, it] : targets_) {
    const auto where = it.breaker.where();
    if (it.breaker.failures() > 0)
      all.push_back({name, where, it.breaker.failures(),
                     where == position::closed ? 0 : it.breaker.since_ms(),
                     where == position::open ? it.breaker.next_trial_ms() : 0, it.open});
  }
  std::ranges::stable_partition(
      all, [](const breaker_view& it) { return it.where != position::closed; });
  all.resize(std::min(all.size(), most));
  return all;
}

} // namespace vdoc::courier
