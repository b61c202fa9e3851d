#include "actors/queue/source_gate.hpp"

#include <algorithm>

namespace vdoc::queue {

using position = resources::breaker::position;

std::uint32_t source_gate::number_of(std::string_view host) {
  if (host.empty())
    return 0;
  std::uint32_t hash = 2'166'136'261U; // FNV-1a
  for (const unsigned char one : host)
    hash = (hash ^ one) * 16'777'619U;
  return std::max(hash, 1U);
}

bool source_gate::lets_through(entry& one, std::int64_t now_ms) {
  const auto found = gates_.find(one.source_host);
  if (one.source_host == 0 || one.probe || found == gates_.end())
    return true;
  auto& breaker = found->second.breaker;
  if (breaker.where() == position::closed)
    return true;
  one.probe = breaker.try_again(now_ms);
  return one.probe;
}

void source_gate::park(entry& one) {
  gates_.at(one.source_host).parked.emplace(one.turn, &one);
}

void source_gate::take_out(entry& one) {
  if (const auto found = gates_.find(one.source_host); found != gates_.end())
    found->second.parked.erase({one.turn, &one});
}

void source_gate::failed(const entry& one, const std::string& host, std::int64_t now_ms) {
  if (one.source_host == 0)
    return;
  auto& it =
      gates_.try_emplace(one.source_host, gate{resources::breaker{terms_}, {}, {}}).first->second;
  it.host = host;
  it.breaker.failed(now_ms);
}

void source_gate::answered(const entry& one) {
  if (const auto found = gates_.find(one.source_host); found != gates_.end()) {
    found->second.breaker.succeeded();
    forget_if_idle(one.source_host);
  }
}

void source_gate::reset(const std::string& host) {
  const auto number = number_of(host);
  if (const auto found = gates_.find(number); found != gates_.end() && found->second.host == host) {
    found->second.breaker.succeeded();
    forget_if_idle(number);
  }
}

void source_gate::withdrawn(const entry& one, std::int64_t now_ms) {
  if (const auto found = gates_.find(one.source_host); found != gates_.end())
    found->second.breaker.trial_withdrawn(now_ms);
}

std::optional<std::int64_t> source_gate::wait_ms(std::int64_t now_ms) const {
  std::optional<std::int64_t> least;
  for (const auto& [number, it] : gates_) {
    if (it.parked.empty() || it.breaker.where() == position::half_open)
      continue;
    const auto wait = it.breaker.where() == position::closed
                          ? 0
                          : std::max<std::int64_t>(0, it.breaker.next_trial_ms() - now_ms);
    least = std::min(least.value_or(wait), wait);
  }
  return least;
}

std::vector<source_breaker_view> source_gate::views() const {
  std::vector<source_breaker_view> all;
  for (const auto& [number, it] : gates_)
    all.push_back({it.host, it.breaker.where(), it.parked.size(), it.breaker.failures(),
                   it.breaker.where() == position::closed ? 0 : it.breaker.since_ms(),
                   it.breaker.where() == position::open ? it.breaker.next_trial_ms() : 0});
  return all;
}

void source_gate::forget_if_idle(std::uint32_t number) {
  const auto found = gates_.find(number);
  if (found->second.breaker.where() == position::closed && found->second.parked.empty())
    gates_.erase(found);
}

} // namespace vdoc::queue
