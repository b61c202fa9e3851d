#include "pipelines/hls/timeline.hpp"

#include "pipelines/hls/hls.hpp"

#include <algorithm>
#include <numeric>

namespace vdoc::hls {

namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
/// What players and editors are used to; also fine enough for pictures off the grid.
constexpr std::int64_t finest_needed = 10'000;
constexpr std::int64_t largest_timescale = 1'000'000;
constexpr std::uint32_t default_timescale = 90'000;

std::vector<std::int64_t> sorted(std::span<const std::int64_t> pts) {
  std::vector<std::int64_t> list{pts.begin(), pts.end()};
  std::ranges::sort(list);
  return list;
}

} // namespace

std::int64_t to_ticks(timestamp time, std::uint32_t timescale) {
  std::int64_t seconds = time.count() / nanoseconds_per_second;
  std::int64_t rest = time.count() % nanoseconds_per_second;
  if (rest < 0) {
    rest += nanoseconds_per_second;
    --seconds;
  }
  const auto scale = static_cast<std::int64_t>(timescale);
  return seconds * scale + (rest * scale + nanoseconds_per_second / 2) / nanoseconds_per_second;
}

std::int64_t ticks_up(timestamp span, std::uint32_t timescale) {
  // A nanosecond was lost where the span was computed, not gained.
  const auto ticks = to_ticks(span, timescale);
  const timestamp back{ticks * nanoseconds_per_second / timescale};
  return back + timestamp{1} < span ? ticks + 1 : ticks;
}

std::vector<std::int64_t> presentation_ticks(std::span<const access_unit> units,
                                             std::uint32_t timescale) {
  std::vector<std::int64_t> list;
  list.reserve(units.size());
  for (const auto& unit : units)
    list.push_back(to_ticks(unit.pts, timescale));
  return list;
}

std::vector<std::int64_t> decode_ticks(std::span<const std::int64_t> pts, std::int64_t delay) {
  auto dts = sorted(pts);
  const auto first = dts.empty() ? 0 : dts.front();
  for (std::size_t i = dts.size(); i-- > 0;) {
    dts[i] = std::min(dts[i], pts[i] + delay);
    if (i + 1 < dts.size() && dts[i] >= dts[i + 1])
      dts[i] = dts[i + 1] - 1;
  }
  // Only where pictures share a time, or are too many for the delay, is there anything to mend.
  for (std::size_t i = 0; i < dts.size(); ++i)
    dts[i] = std::max(dts[i], i == 0 ? first : dts[i - 1]);
  return dts;
}

std::int64_t reordering_ticks(std::span<const std::int64_t> pts) {
  const auto in_order = sorted(pts);
  std::int64_t most = 0;
  for (std::size_t i = 0; i < pts.size(); ++i)
    most = std::max(most, in_order[i] - pts[i]);
  return most;
}

std::uint32_t timescale_for(int fps_numerator, int fps_denominator) {
  if (fps_numerator <= 0 || fps_denominator <= 0)
    return default_timescale;
  std::int64_t scale = fps_numerator / std::gcd(fps_numerator, fps_denominator);
  while (scale < finest_needed)
    scale *= 2;
  return scale <= largest_timescale ? static_cast<std::uint32_t>(scale) : default_timescale;
}

} // namespace vdoc::hls
