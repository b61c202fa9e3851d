#include "actors/job/suspects.hpp"

namespace vdoc::job {

namespace {

/// How many crashes beside heavier work weigh as much as one without.
constexpr std::uint32_t weight_of_neighbours = 3;
constexpr std::size_t nodes_enough = 2;

/// "a" of "a/host-1"; hosts of the leader itself are called "host-1".
std::string node_of(const std::string& host) {
  const auto end = host.find('/');
  return end == std::string::npos ? std::string{} : host.substr(0, end);
}

} // namespace

void suspects::granted(const task& what, const std::string& host) {
  auto& one = accounts_[what];
  ++one.attempts;
  one.host = host;
  one.other.clear();
  if (is_heavy(what.kind))
    unfinished_.insert(what);
}

void suspects::doubled(const task& what, const std::string& host) {
  auto& one = accounts_[what];
  ++one.attempts;
  one.other = host;
}

bool suspects::lost(const task& what, const host_gone& gone) {
  auto& one = accounts_[what];
  one.how = gone.how;
  one.cause = gone.cause;
  if (gone.how == dispatch::host_end::asked)
    return false;
  const bool suspect = is_heavy(what.kind) || !gone.beside_heavy;
  if (!dispatch::host_loss{gone.how, gone.cause}.blames_work())
    return suspect && ++one.kills >= patience_.killed_hosts;
  one.failed_at = gone.host;
  if (suspect) {
    if (gone.how != dispatch::host_end::starved) // that is the machine's
      one.nodes.insert(node_of(gone.host));
    return ++one.crashes >= patience_.hosts || one.nodes.size() >= nodes_enough;
  }
  hold_back(what, gone.host);
  return ++one.near_misses >= patience_.hosts * weight_of_neighbours;
}

/// The heavy work may have been revoked before or after: what counts is where it was given to.
void suspects::hold_back(const task& what, const std::string& host) {
  std::set<task> beside;
  for (const auto& heavy : unfinished_)
    if (accounts_[heavy].host == host || accounts_[heavy].other == host)
      beside.insert(heavy);
  if (!beside.empty())
    held_back_[what] = std::move(beside);
}

bool suspects::failed(const task& what, const std::string& host) {
  auto& one = accounts_[what];
  one.failed_at = host.empty() ? one.host : host;
  return ++one.failures >= patience_.tries;
}

std::vector<task> suspects::ended(const task& what) {
  unfinished_.erase(what);
  std::vector<task> free;
  for (auto held = held_back_.begin(); held != held_back_.end();) {
    held->second.erase(what);
    if (held->second.empty()) {
      free.push_back(held->first);
      held = held_back_.erase(held);
    } else {
      ++held;
    }
  }
  return free;
}

void suspects::acquit(const task& what) {
  account afresh;
  afresh.attempts = attempt_of(what);
  accounts_[what] = afresh;
}

std::uint32_t suspects::attempt_of(const task& what) const {
  const auto found = accounts_.find(what);
  return found == accounts_.end() ? 0 : found->second.attempts;
}

std::string suspects::host_of(const task& what, const std::string& known) const {
  if (!known.empty())
    return known;
  const auto found = accounts_.find(what);
  return found == accounts_.end() ? "" : found->second.host;
}

std::string suspects::failed_at(const task& what) const {
  const auto found = accounts_.find(what);
  return found == accounts_.end() ? "" : found->second.failed_at;
}

std::string suspects::charge_against(const task& what) const {
  const auto found = accounts_.find(what);
  if (found == accounts_.end())
    return {};
  const auto& one = found->second;
  return "it brought down " + std::to_string(one.crashes + one.near_misses + one.kills) +
         " media hosts" +
         (one.nodes.size() > 1 ? " on " + std::to_string(one.nodes.size()) + " nodes" : "") +
         " (last: " + one.cause + ")";
}

bool suspects::hit_several_nodes(const task& what) const {
  const auto found = accounts_.find(what);
  return found != accounts_.end() && found->second.nodes.size() >= nodes_enough;
}

bool suspects::starved(const task& what) const {
  const auto found = accounts_.find(what);
  return found != accounts_.end() && found->second.how == dispatch::host_end::starved;
}

} // namespace vdoc::job
