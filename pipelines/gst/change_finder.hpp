#pragma once

#include <gst/video/video.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace vdoc::gst {

/// Finds cuts and new slides among pictures that follow each other. It looks at some 2,300 points
/// of the brightness, so that a picture costs microseconds, whatever its size. One thread.
class change_finder {
public:
  /// True for a picture that shows what a change has led to: the one after a cut, or, when a fade
  /// is over, the fifth that stands still. A change that does not settle counts after half a
  /// second. `pts` are in order.
  bool settled_at(const GstVideoFrame& picture, std::chrono::nanoseconds pts);
  /// The picture that was looked at last is what a fade has to lead away from.
  void remember() { remembered_ = points_; }

private:
  [[nodiscard]] bool cut_settles(double change, std::chrono::nanoseconds pts);
  [[nodiscard]] bool fade_is_over();

  std::vector<std::uint8_t> points_, remembered_;
  std::vector<std::uint8_t> still_like_; ///< what the last `still_` pictures look like
  int still_ = 0;
  /// Of the pictures before: how much is usual. As long as that is not known, a little motion is.
  std::array<double, 6> usual_{0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
  std::size_t seen_ = 0;
  bool changing_ = false;
  double change_ = 0;
  std::chrono::nanoseconds since_{0};
};

} // namespace vdoc::gst
