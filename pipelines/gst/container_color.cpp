#include "pipelines/gst/container_color.hpp"

#include <gst/video/video.h>

#include <string_view>

namespace vdoc::gst {

namespace {

const char* colorimetry_in(const GstCaps* caps) {
  return gst_structure_get_string(gst_caps_get_structure(caps, 0), "colorimetry");
}

bool read_whole(const char* colorimetry, GstVideoColorimetry& out) {
  return colorimetry != nullptr && gst_video_colorimetry_from_string(&out, colorimetry) &&
         out.matrix != GST_VIDEO_COLOR_MATRIX_UNKNOWN &&
         out.transfer != GST_VIDEO_TRANSFER_UNKNOWN &&
         out.primaries != GST_VIDEO_COLOR_PRIMARIES_UNKNOWN;
}

owned<GstCaps> with_color(const GstCaps* caps, const std::string& colorimetry) {
  owned<GstCaps> out{gst_caps_copy(caps)};
  gst_caps_set_simple(out.get(), "colorimetry", G_TYPE_STRING, colorimetry.c_str(), nullptr);
  return out;
}

} // namespace

owned<GstCaps> container_color::take_out(GstCaps* caps) {
  const auto* said = colorimetry_in(caps);
  if (said == nullptr)
    return owned<GstCaps>{gst_caps_ref(caps)};
  GstVideoColorimetry color{};
  if (read_whole(said, color)) {
    if (full_range_)
      color.range = GST_VIDEO_COLOR_RANGE_0_255;
    kept_ = owned<char>{gst_video_colorimetry_to_string(&color)}.get();
  }
  const std::string_view type = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  const auto tells_itself = type == "video/x-h264" || type == "video/x-h265";
  if (!kept_.empty() && !tells_itself)
    return with_color(caps, kept_);
  owned<GstCaps> rest{gst_caps_copy(caps)};
  gst_structure_remove_field(gst_caps_get_structure(rest.get(), 0), "colorimetry");
  return rest;
}

owned<GstCaps> container_color::put_back(GstCaps* caps) const {
  GstVideoColorimetry color{};
  if (kept_.empty() || read_whole(colorimetry_in(caps), color))
    return owned<GstCaps>{gst_caps_ref(caps)};
  return with_color(caps, kept_);
}

} // namespace vdoc::gst
