#pragma once

#include "pipelines/gst/owned.hpp"

#include <gst/gst.h>

#include <string>

namespace vdoc::gst {

/// What a container says of a stream's colour, on its way around the parser. Containers may say
/// half of it ("full range, the rest unknown"), or another than H.264 and HEVC themselves, whose
/// word is what decoders go by. Parsers believe the container and then do not look into the stream.
class container_color {
public:
  /// `full_range`: the box that GStreamer reads says so. Its demuxer (1.22) forgets that bit.
  explicit container_color(bool full_range = false) : full_range_{full_range} {}

  /// The demuxer's caps as the parser shall see them.
  owned<GstCaps> take_out(GstCaps* caps);
  /// The parser's caps, with the container's word where the stream has none.
  [[nodiscard]] owned<GstCaps> put_back(GstCaps* caps) const;

private:
  bool full_range_;
  std::string kept_; ///< whole, or empty
};

} // namespace vdoc::gst
