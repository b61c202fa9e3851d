#include "pipelines/document/key_pictures.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

namespace vdoc::document {

namespace {

using namespace std::chrono_literals;

struct distance {
  int bits = 0;
  double cells = 0;
  [[nodiscard]] double sum() const { return bits / 64.0 + cells; }
};

double mean(const picture& one) {
  return std::accumulate(one.luma.begin(), one.luma.end(), 0.0) /
         static_cast<double>(one.luma.size());
}

/// Brightness is compared after both pictures were brought to the same mean.
distance between(const picture& a, const picture& b, const change_limits& limits) {
  const double shift = mean(b) - mean(a);
  std::size_t changed = 0;
  for (std::size_t at = 0; at < a.luma.size(); ++at)
    if (std::abs(b.luma[at] - a.luma[at] - shift) > limits.cell_change)
      ++changed;
  return {std::popcount(a.hash ^ b.hash),
          static_cast<double>(changed) / static_cast<double>(a.luma.size())};
}

bool is_far(const distance& d, const change_limits& limits) {
  return d.cells >= limits.sure_cells || (d.bits >= limits.far_bits && d.cells >= limits.far_cells);
}

bool is_near(const distance& d, const change_limits& limits) {
  return d.cells <= limits.near_cells ||
         (d.bits <= limits.near_bits && d.cells <= limits.calm_cells);
}

/// Walks through the pictures once.
class chooser {
public:
  chooser(std::span<const picture> pictures, const change_limits& limits)
      : pictures_{pictures}, limits_{limits} {
    for (std::size_t at = 0; at < pictures.size(); ++at)
      if (!is_blank(pictures[at]))
        seen_.push_back(at);
  }

  std::vector<key_picture> run() {
    for (std::size_t at = 0; at < seen_.size(); ++at)
      look_at(at);
    return std::move(chosen_);
  }

private:
  [[nodiscard]] const picture& seen(std::size_t at) const { return pictures_[seen_[at]]; }

  [[nodiscard]] bool same(std::size_t a, std::size_t b) const {
    return is_near(between(seen(a), seen(b), limits_), limits_);
  }

  /// Whether what comes next is still the same scene, given how much the scene has changed.
  [[nodiscard]] bool settles(std::size_t at, const distance& change) const {
    if (at + 1 == seen_.size())
      return true;
    const distance next = between(seen(at), seen(at + 1), limits_);
    return is_near(next, limits_) || next.sum() <= limits_.settled_share * change.sum();
  }

  void look_at(std::size_t at) {
    const picture& one = seen(at);
    distance change{32, 0.5};
    if (!chosen_.empty()) {
      const picture& last = pictures_[chosen_.back().index];
      change = between(last, one, limits_);
      if (!is_far(change, limits_)) {
        moving_since_.reset();
        return;
      }
      if (one.pts - last.pts < limits_.closest)
        return;
    }
    if (!moving_since_)
      moving_since_ = one.pts;
    if (!settles(at, change) && one.pts - *moving_since_ < limits_.patience)
      return;
    chosen_.push_back({seen_[at], begin_of(at), change.sum()});
    moving_since_.reset();
  }

  /// From when on the picture at `at` was there, looking back to the last chosen one.
  [[nodiscard]] timestamp begin_of(std::size_t at) const {
    std::size_t first = at;
    while (first > 0 && (chosen_.empty() || seen_[first - 1] > chosen_.back().index) &&
           same(first - 1, at))
      --first;
    return seen(first).pts;
  }

  std::span<const picture> pictures_;
  const change_limits& limits_;
  std::vector<std::size_t> seen_; ///< indices of the pictures that are not blank
  std::vector<key_picture> chosen_;
  std::optional<timestamp> moving_since_;
};

void leave_out_least(std::vector<key_picture>& chosen, std::size_t begin, std::size_t end) {
  const auto from = chosen.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto to = chosen.begin() + static_cast<std::ptrdiff_t>(end);
  chosen.erase(std::min_element(
      from, to, [](const key_picture& a, const key_picture& b) { return a.change < b.change; }));
}

/// At most so many within any minute, and in all. The first one always stays.
void thin_out(std::vector<key_picture>& chosen, const change_limits& limits) {
  for (std::size_t first = 0; first + limits.most_per_minute < chosen.size();) {
    const std::size_t last = first + limits.most_per_minute;
    if (chosen[last].begin - chosen[first].begin < 1min)
      leave_out_least(chosen, first + 1, last + 1);
    else
      ++first;
  }
  while (chosen.size() > std::max<std::size_t>(limits.most, 1))
    leave_out_least(chosen, 1, chosen.size());
}

} // namespace

double detail(const picture& one) {
  const double middle = mean(one);
  double sum = 0;
  for (const auto cell : one.luma)
    sum += (cell - middle) * (cell - middle);
  return std::sqrt(sum / static_cast<double>(one.luma.size()));
}

bool is_blank(const picture& one) {
  const auto brightest = *std::max_element(one.luma.begin(), one.luma.end());
  return detail(one) < 2.5 || brightest < 36;
}

std::vector<key_picture> choose_key_pictures(std::span<const picture> pictures,
                                             const change_limits& limits) {
  auto chosen = chooser{pictures, limits}.run();
  thin_out(chosen, limits);
  // Once what was between them is gone, two neighbours may be the same picture.
  const auto repeats = [&](const key_picture& a, const key_picture& b) {
    return !is_far(between(pictures[a.index], pictures[b.index], limits), limits);
  };
  chosen.erase(std::unique(chosen.begin(), chosen.end(), repeats), chosen.end());
  return chosen;
}

} // namespace vdoc::document
