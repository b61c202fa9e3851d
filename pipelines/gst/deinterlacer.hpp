#pragma once

#include <cstddef>
#include <cstdint>

namespace vdoc::gst {

/// Makes the element "vdocdeinterlace" known in this process: one whole picture for each frame of
/// two fields, at the same time, at once. GStreamer's own deinterlace gives another number of
/// pictures, or other times, depending on field order, method and where the stream ends.
///
/// Planar formats of up to 16 bits; other formats, and progressive pictures, pass untouched.
void register_deinterlacer();

/// A plane of samples: rows are `stride` samples apart.
template <class Sample> struct plane {
  Sample* at = nullptr;
  std::ptrdiff_t stride = 0;
  int width = 0;
  int height = 0;
};

/// Keeps the rows of one field (0: the even ones) and makes the others anew: from their neighbours
/// along the direction that fits best where something moved since `before`, and as they are where
/// nothing did. That is YADIF's rule without the next frame, which would cost a frame of delay.
/// `before` may be empty (no rows): everything is taken to move.
template <class Sample>
void deinterlace(plane<const Sample> now, plane<const Sample> before, plane<Sample> out,
                 int kept_field);

extern template void deinterlace(plane<const std::uint8_t>, plane<const std::uint8_t>,
                                 plane<std::uint8_t>, int);
extern template void deinterlace(plane<const std::uint16_t>, plane<const std::uint16_t>,
                                 plane<std::uint16_t>, int);

} // namespace vdoc::gst
