#include "cluster/dispatch/cost_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace vdoc::dispatch {

namespace {

constexpr std::size_t most_samples = 15;
constexpr std::size_t enough_samples = 3;
constexpr std::size_t most_lines = 10'000;

} // namespace

void cost_book::line::add(double value) {
  if (last.size() < most_samples)
    last.push_back(value);
  else
    last[std::exchange(next, (next + 1) % most_samples)] = value;
  std::array<double, most_samples> sorted{};
  const auto end = std::ranges::copy(last, sorted.begin()).out;
  const auto middle = sorted.begin() + last.size() / 2;
  std::nth_element(sorted.begin(), middle, end);
  median = *middle;
}

cost_book::line& cost_book::line_of(std::string_view work, std::string_view node) {
  if (const auto known = lines_.find(key_view{work, node}); known != lines_.end()) {
    known->second.heard = ++tick_;
    return known->second;
  }
  if (lines_.size() >= most_lines) { // half of them at once: seldom, and in n log n
    std::vector<std::uint64_t> heard;
    for (const auto& [name, it] : lines_)
      heard.push_back(it.heard);
    const auto middle = heard.begin() + static_cast<std::ptrdiff_t>(heard.size() / 2);
    std::nth_element(heard.begin(), middle, heard.end());
    std::erase_if(lines_, [&](const auto& it) { return it.second.heard < *middle; });
  }
  auto& made = lines_[key{work, node}];
  made.heard = ++tick_;
  return made;
}

const cost_book::line* cost_book::find(std::string_view work, std::string_view node) const {
  const auto known = lines_.find(key_view{work, node});
  return known == lines_.end() ? nullptr : &known->second;
}

void cost_book::learn(std::string_view work, std::string_view node, std::uint32_t units,
                      std::int64_t took_ms) {
  if (work.empty() || units == 0 || took_ms <= 0)
    return;
  const auto rate = static_cast<double>(took_ms) / units;
  auto& overall = line_of(work, "");
  overall.add(rate);
  const auto usual = overall.median;
  if (node.empty())
    return;
  line_of(work, node).add(rate);
  line_of("", node).add(rate / usual);
}

std::optional<double> cost_book::expect(std::string_view work, std::string_view node,
                                        std::uint32_t units) const {
  if (work.empty())
    return std::nullopt;
  if (!node.empty())
    if (const auto* own = find(work, node); own != nullptr && own->last.size() >= enough_samples)
      return own->median * units;
  if (const auto* overall = find(work, ""))
    return overall->median * units * (node.empty() ? 1.0 : slowness(node));
  return std::nullopt;
}

double cost_book::slowness(std::string_view node) const {
  const auto* known = node.empty() ? nullptr : find("", node);
  return known != nullptr && known->last.size() >= enough_samples ? known->median : 1.0;
}

std::vector<cost_line> cost_book::lines() const {
  std::vector<cost_line> all;
  for (const auto& [name, it] : lines_) {
    cost_line one{name.first, name.second, it.last};
    std::rotate(one.last.begin(), one.last.begin() + static_cast<std::ptrdiff_t>(it.next),
                one.last.end());
    all.push_back(std::move(one));
  }
  return all;
}

void cost_book::restore(const std::vector<cost_line>& kept) {
  for (const auto& one : kept)
    for (const auto value : one.last)
      if (std::isfinite(value) && value > 0 && !(one.work.empty() && one.node.empty()))
        line_of(one.work, one.node).add(value);
}

} // namespace vdoc::dispatch
