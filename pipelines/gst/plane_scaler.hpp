#pragma once

#include <gst/video/video.h>

#include <memory>

namespace vdoc::gst {

struct picture_shape;

/// Scales I420 to I420 with libzimg: bicubic with the kernel of ffmpeg's scale filter, chroma as
/// planes of their own, in three fifths of libswscale's time. Whole numbers only, so the bytes are
/// the same on every processor. One thread.
class plane_scaler {
public:
  /// Both I420, with even sizes (4:2:0 of odd sizes is nothing that libzimg knows).
  static bool can(const picture_shape& from, const picture_shape& to);

  /// Throws vdoc::failure (ours) when libzimg refuses.
  plane_scaler(const picture_shape& from, const picture_shape& to);
  ~plane_scaler();
  plane_scaler(const plane_scaler&) = delete;
  plane_scaler& operator=(const plane_scaler&) = delete;

  /// Both frames are mapped and of the shapes given. Frames whose rows do not begin where SIMD
  /// wants them to are copied on the way; same bytes.
  void run(const GstVideoFrame& from, GstVideoFrame& to);

private:
  struct plan;
  std::unique_ptr<plan> plan_;
};

} // namespace vdoc::gst
