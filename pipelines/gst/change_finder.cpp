#include "pipelines/gst/change_finder.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;

constexpr int columns = 64;
constexpr int rows = 36;
constexpr int visible_step = 16;      ///< of 255: more than what coding and noise do
constexpr double least_change = 0.03; ///< a line of text on a slide
constexpr double above_usual = 2;
constexpr auto patience = 500ms;
constexpr double no_change = 0.005;
constexpr int still_pictures = 5;

/// Brightness of a point, of 255. Samples of more than 8 bits are two bytes, the lower one first.
std::uint8_t brightness_at(const GstVideoFrame& picture, int x, int y) {
  const auto* line = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&picture, 0)) +
                     static_cast<std::ptrdiff_t>(y) * GST_VIDEO_FRAME_COMP_STRIDE(&picture, 0);
  const auto* at =
      line + static_cast<std::ptrdiff_t>(x) * GST_VIDEO_FRAME_COMP_PSTRIDE(&picture, 0);
  const int depth = GST_VIDEO_FRAME_COMP_DEPTH(&picture, 0);
  return depth <= 8 ? *at : static_cast<std::uint8_t>((at[0] | at[1] << 8U) >> (depth - 8));
}

std::vector<std::uint8_t> points_of(const GstVideoFrame& picture) {
  const int width = GST_VIDEO_FRAME_WIDTH(&picture);
  const int height = GST_VIDEO_FRAME_HEIGHT(&picture);
  std::vector<std::uint8_t> points;
  points.reserve(static_cast<std::size_t>(columns) * rows);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      points.push_back(brightness_at(picture, (2 * column + 1) * width / (2 * columns),
                                     (2 * row + 1) * height / (2 * rows)));
  return points;
}

/// The share of points that are not as bright as before.
double difference(const std::vector<std::uint8_t>& before, const std::vector<std::uint8_t>& now) {
  int changed = 0;
  for (std::size_t at = 0; at < before.size(); ++at)
    changed += std::abs(now[at] - before[at]) > visible_step ? 1 : 0;
  return static_cast<double>(changed) / (columns * rows);
}

} // namespace

bool change_finder::cut_settles(double change, std::chrono::nanoseconds pts) {
  if (changing_) {
    change_ = std::max(change_, change);
    if (change > change_ / 2 && pts - since_ < patience)
      return false;
    changing_ = false;
    usual_.fill(change);
    return true;
  }
  const double usual = *std::max_element(usual_.begin(), usual_.end());
  usual_.at(seen_++ % usual_.size()) = change;
  changing_ = change >= least_change && change >= above_usual * usual;
  change_ = change;
  since_ = pts;
  return false;
}

/// A slow fade is nothing from one picture to the next, but something against the one taken last.
bool change_finder::fade_is_over() {
  if (difference(still_like_, points_) < no_change)
    ++still_;
  else
    still_ = 0;
  if (still_ == 0 || still_like_.empty())
    still_like_ = points_;
  return still_ == still_pictures && difference(remembered_, points_) >= least_change;
}

bool change_finder::settled_at(const GstVideoFrame& picture, std::chrono::nanoseconds pts) {
  auto now = points_of(picture);
  const double change = difference(points_, now);
  points_ = std::move(now);
  const bool cut = cut_settles(change, pts);
  const bool faded = fade_is_over();
  return cut || faded;
}

} // namespace vdoc::gst
