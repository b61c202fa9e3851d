#pragma once

#include <gst/video/video.h>

#include <memory>

namespace vdoc::gst {

/// How many pixels a picture has, and of what kind.
struct picture_shape {
  GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
  int width_px = 0;
  int height_px = 0;
  friend bool operator==(const picture_shape&, const picture_shape&) = default;
};

enum class sharpness : unsigned char {
  bicubic, ///< what ffmpeg's scale filter does unless told otherwise: for renditions
  area     ///< mean of what is covered: for small pictures that are looked at by rules
};

enum class matrix : unsigned char { bt709, bt601, bt2020 };

/// What Y'CbCr means, where R'G'B' is on the other side. Between two kinds of Y'CbCr it plays no
/// part: those values stay as they are.
struct ycbcr {
  matrix coefficients = matrix::bt709;
  bool full_range = false;
};

/// Turns pictures of one shape into another: format, size, bit depth. With libzimg where only the
/// size changes, else with libswscale. One thread.
class rescaler {
public:
  /// Throws vdoc::failure (ours) when that cannot be done.
  rescaler(picture_shape from, picture_shape to, sharpness how, ycbcr meaning = {});
  ~rescaler();
  rescaler(const rescaler&) = delete;
  rescaler& operator=(const rescaler&) = delete;

  /// Both frames are mapped and of the shapes given.
  void run(const GstVideoFrame& from, GstVideoFrame& to);

private:
  struct context;
  std::unique_ptr<context> context_;
};

/// True for formats that a rescaler can read.
bool can_rescale(GstVideoFormat format);

/// Without a word from the source: BT.709 for what is as large as HD, else BT.601, as players do.
matrix usual_matrix(int width_px, int height_px);

} // namespace vdoc::gst
