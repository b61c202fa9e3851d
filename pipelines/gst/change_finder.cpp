#include "pipelines/gst/change_finder.hpp"

#include <algorithm>
#include <cstdlib>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;

constexpr int columns = 64;
constexpr int rows = 36;
constexpr int visible_step = 16;      ///< of 255: more than what coding and noise do
constexpr double least_change = 0.03; ///< a line of text on a slide
constexpr double above_usual = 2;
constexpr auto patience = 500ms;

/// Brightness of a point, of 255. Samples of more than 8 bits are two bytes, the lower one first.
std::uint8_t brightness(const GstVideoFrame& picture, int x, int y) {
  const auto* line = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&picture, 0)) +
                     static_cast<std::ptrdiff_t>(y) * GST_VIDEO_FRAME_COMP_STRIDE(&picture, 0);
  const auto* at =
      line + static_cast<std::ptrdiff_t>(x) * GST_VIDEO_FRAME_COMP_PSTRIDE(&picture, 0);
  const int depth = GST_VIDEO_FRAME_COMP_DEPTH(&picture, 0);
  return depth <= 8 ? *at : static_cast<std::uint8_t>((at[0] | at[1] << 8U) >> (depth - 8));
}

} // namespace

double change_finder::look(const GstVideoFrame& picture) {
  const int width = GST_VIDEO_FRAME_WIDTH(&picture);
  const int height = GST_VIDEO_FRAME_HEIGHT(&picture);
  const bool first = points_.empty();
  points_.resize(static_cast<std::size_t>(columns) * rows);
  int changed = 0;
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      const auto now = brightness(picture, (2 * column + 1) * width / (2 * columns),
                                  (2 * row + 1) * height / (2 * rows));
      auto& before = points_[static_cast<std::size_t>(row * columns + column)];
      changed += !first && std::abs(now - before) > visible_step ? 1 : 0;
      before = now;
    }
  return static_cast<double>(changed) / (columns * rows);
}

bool change_finder::settled_at(const GstVideoFrame& picture, std::chrono::nanoseconds pts) {
  const double change = look(picture);
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

} // namespace vdoc::gst
