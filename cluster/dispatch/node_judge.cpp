#include "cluster/dispatch/node_judge.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vdoc::dispatch {

namespace {

constexpr std::int64_t ms_per_min = 60'000;

std::string count_of(std::uint32_t part, std::uint32_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

} // namespace

std::int64_t node_judge::span_of(std::int64_t now_ms) const {
  return now_ms /
         std::max<std::int64_t>(1, terms_.window_ms / static_cast<std::int64_t>(spans - 1));
}

std::uint32_t node_judge::good_of(const record& it, std::int64_t now_ms) const {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < spans; ++i)
    if (span_of(now_ms) - it.good_span[i] < static_cast<std::int64_t>(spans))
      all += it.good[i];
  return all;
}

void node_judge::drop_old(std::int64_t now_ms) {
  const auto oldest = now_ms - terms_.window_ms;
  for (auto& [node, it] : nodes_)
    std::erase_if(it.bad, [&](const auto& one) { return one.at_ms <= oldest; });
  for (auto it = open_.begin(); it != open_.end();) {
    std::erase_if(it->second, [&](const auto& one) { return one.at_ms <= oldest; });
    it = it->second.empty() ? open_.erase(it) : std::next(it);
  }
}

void node_judge::failed(std::string_view work, const std::string& node, const std::string& cause,
                        std::int64_t now_ms) {
  if (open_.size() >= most_works)
    drop_old(now_ms);
  if (open_.size() < most_works)
    open_[std::string{work}].push_back({node, cause, now_ms});
}

std::vector<bad_node> node_judge::succeeded(std::string_view work, const std::string& node,
                                            std::int64_t now_ms) {
  auto& mine = nodes_[node];
  const auto span = span_of(now_ms);
  const auto place = static_cast<std::size_t>(span) % spans;
  if (std::exchange(mine.good_span[place], span) != span)
    mine.good[place] = 0;
  ++mine.good[place];
  const auto found = open_.find(work);
  if (found == open_.end())
    return {};
  const auto failures = std::move(found->second);
  open_.erase(found);
  drop_old(now_ms);
  std::vector<std::string> suspects;
  for (const auto& one : failures) {
    const bool counts = one.node != node && now_ms - one.at_ms < terms_.window_ms &&
                        std::ranges::find(suspects, one.node) == suspects.end();
    if (!counts)
      continue;
    suspects.push_back(one.node);
    nodes_[one.node].bad.push_back({std::string{work}, node, one.cause, now_ms});
  }
  std::vector<bad_node> verdicts;
  for (const auto& each : suspects)
    if (auto verdict = judge(each, now_ms))
      verdicts.push_back(*std::move(verdict));
  return verdicts;
}

std::optional<bad_node> node_judge::judge(const std::string& node, std::int64_t now_ms) const {
  const auto& mine = nodes_.at(node);
  const auto bad = static_cast<std::uint32_t>(mine.bad.size());
  const auto ended = bad + good_of(mine, now_ms);
  std::uint32_t bad_elsewhere = 0, ended_elsewhere = 0;
  for (const auto& [name, it] : nodes_) {
    if (name == node)
      continue;
    bad_elsewhere += static_cast<std::uint32_t>(it.bad.size());
    ended_elsewhere += static_cast<std::uint32_t>(it.bad.size()) + good_of(it, now_ms);
  }
  const auto rate = [](std::uint32_t part, std::uint32_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / whole;
  };
  const auto here = rate(bad, ended);
  if (bad < terms_.least || here < terms_.least_rate ||
      here < terms_.times_others * rate(bad_elsewhere, ended_elsewhere))
    return std::nullopt;
  const auto& last = mine.bad.back();
  return bad_node{node,
                  count_of(bad, ended) + " pieces of work failed here and succeeded elsewhere in " +
                      std::to_string(terms_.window_ms / ms_per_min) + " min; of others " +
                      count_of(bad_elsewhere, ended_elsewhere) + "; the last was " + last.work +
                      ", which " + (last.elsewhere.empty() ? "another node" : last.elsewhere) +
                      " has done: " + last.cause};
}

void node_judge::forgive(const std::string& node) {
  nodes_.erase(node);
  for (auto& [work, failures] : open_)
    std::erase_if(failures, [&](const auto& one) { return one.node == node; });
}

} // namespace vdoc::dispatch
