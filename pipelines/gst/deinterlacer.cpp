#include "pipelines/gst/deinterlacer.hpp"

#include "pipelines/gst/owned.hpp"

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace vdoc::gst {

namespace {

/// The sample between two rows, along the best of three directions.
template <class Sample> int between(const Sample* above, const Sample* below, int x) {
  const int straight = std::abs(above[x] - below[x]);
  const int falling = std::abs(above[x - 1] - below[x + 1]);
  const int rising = std::abs(above[x + 1] - below[x - 1]);
  int sum = above[x] + below[x];
  int best = straight;
  if (falling < best) {
    best = falling;
    sum = above[x - 1] + below[x + 1];
  }
  if (rising < best)
    sum = above[x + 1] + below[x - 1];
  return (sum + 1) / 2;
}

template <class Sample> struct rows_around { const Sample *above, *row, *below; };

template <class Sample>
void make_row(rows_around<Sample> now, rows_around<Sample> before, Sample* out, int width) {
  for (int x = 0; x < width; ++x) {
    const bool inside = x > 0 && x + 1 < width;
    const int moving =
        inside ? between(now.above, now.below, x) : (now.above[x] + now.below[x] + 1) / 2;
    if (before.row == nullptr) {
      out[x] = static_cast<Sample>(moving);
      continue;
    }
    // How much changed here since the last frame bounds how far from the stored sample we go.
    const int here = std::abs(now.row[x] - before.row[x]);
    const int around =
        (std::abs(now.above[x] - before.above[x]) + std::abs(now.below[x] - before.below[x])) / 2;
    const int change = std::max(here, around);
    out[x] = static_cast<Sample>(std::clamp<int>(moving, now.row[x] - change, now.row[x] + change));
  }
}

} // namespace

template <class Sample>
void deinterlace(plane<const Sample> now, plane<const Sample> before, plane<Sample> out,
                 int kept_field) {
  const auto row = [](const auto& of, int y) { return of.at + y * of.stride; };
  for (int y = 0; y < now.height; ++y) {
    auto* to = out.at + y * out.stride;
    if (y % 2 == kept_field) {
      std::memcpy(to, row(now, y), sizeof(Sample) * static_cast<std::size_t>(now.width));
      continue;
    }
    const int above = y > 0 ? y - 1 : std::min(y + 1, now.height - 1);
    const int below = y + 1 < now.height ? y + 1 : above;
    rows_around<Sample> last{};
    if (before.at != nullptr)
      last = {row(before, above), row(before, y), row(before, below)};
    make_row<Sample>({row(now, above), row(now, y), row(now, below)}, last, to, now.width);
  }
}

template void deinterlace(plane<const std::uint8_t>, plane<const std::uint8_t>, plane<std::uint8_t>,
                          int);
template void deinterlace(plane<const std::uint16_t>, plane<const std::uint16_t>,
                          plane<std::uint16_t>, int);

namespace {

/// GObject's instance: plain memory, made and destroyed by hand.
struct field_element {
  GstVideoFilter parent;
  GstBuffer* before;
};

struct field_elementClass {
  GstVideoFilterClass parent;
};

G_DEFINE_TYPE(field_element, field_element, GST_TYPE_VIDEO_FILTER)

field_element* self_of(gpointer it) {
  return static_cast<field_element*>(it);
}

void forget_before(field_element* self) {
  gst_clear_buffer(&self->before);
}

void finalize(GObject* object) {
  forget_before(self_of(object));
  G_OBJECT_CLASS(field_element_parent_class)->finalize(object);
}

gboolean stop(GstBaseTransform* base) {
  forget_before(self_of(base));
  return TRUE;
}

GstCaps* transform_caps(GstBaseTransform*, GstPadDirection from, GstCaps* caps, GstCaps* filter) {
  auto* out = gst_caps_make_writable(gst_caps_ref(caps));
  for (guint i = 0; i < gst_caps_get_size(out); ++i) {
    auto* one = gst_caps_get_structure(out, i);
    gst_structure_remove_fields(one, "field-order", "interlace-mode", nullptr);
    if (from == GST_PAD_SINK)
      gst_structure_set(one, "interlace-mode", G_TYPE_STRING, "progressive", nullptr);
  }
  if (filter != nullptr) {
    auto* both = gst_caps_intersect_full(filter, out, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(out);
    out = both;
  }
  return out;
}

/// Planes of whole samples, one component each.
bool is_planar(const GstVideoFormatInfo* about) {
  return GST_VIDEO_FORMAT_INFO_N_PLANES(about) == GST_VIDEO_FORMAT_INFO_N_COMPONENTS(about) &&
         (GST_VIDEO_FORMAT_INFO_BITS(about) == 8 ||
          (GST_VIDEO_FORMAT_INFO_IS_LE(about) && GST_VIDEO_FORMAT_INFO_BITS(about) <= 16));
}

gboolean set_info(GstVideoFilter* filter, GstCaps*, GstVideoInfo* in, GstCaps*, GstVideoInfo*) {
  forget_before(self_of(filter));
  const bool pass = !GST_VIDEO_INFO_IS_INTERLACED(in) || !is_planar(in->finfo) ||
                    GST_VIDEO_INFO_INTERLACE_MODE(in) > GST_VIDEO_INTERLACE_MODE_MIXED;
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(filter), pass);
  return TRUE;
}

template <class Sample> plane<Sample> plane_of(const GstVideoFrame& frame, guint component) {
  return {reinterpret_cast<Sample*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component)),
          GST_VIDEO_FRAME_COMP_STRIDE(&frame, component) /
              static_cast<std::ptrdiff_t>(sizeof(Sample)),
          GST_VIDEO_FRAME_COMP_WIDTH(&frame, component),
          GST_VIDEO_FRAME_COMP_HEIGHT(&frame, component)};
}

template <class Sample>
void deinterlace_all(const GstVideoFrame& now, const GstVideoFrame* before, GstVideoFrame& out,
                     int kept_field) {
  for (guint i = 0; i < GST_VIDEO_FRAME_N_COMPONENTS(&now); ++i)
    deinterlace<Sample>(plane_of<const Sample>(now, i),
                        before == nullptr ? plane<const Sample>{}
                                          : plane_of<const Sample>(*before, i),
                        plane_of<Sample>(out, i), kept_field);
}

GstFlowReturn transform_frame(GstVideoFilter* filter, GstVideoFrame* in, GstVideoFrame* out) {
  auto* self = self_of(filter);
  const bool two_fields =
      GST_VIDEO_INFO_INTERLACE_MODE(&in->info) == GST_VIDEO_INTERLACE_MODE_INTERLEAVED ||
      GST_VIDEO_FRAME_IS_INTERLACED(in);
  if (two_fields) {
    const bool top_first = GST_VIDEO_FRAME_IS_TFF(in) || GST_VIDEO_INFO_FIELD_ORDER(&in->info) ==
                                                             GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
    const int kept = top_first ? 0 : 1;
    GstVideoFrame last;
    const bool has_last = self->before != nullptr &&
                          gst_video_frame_map(&last, &in->info, self->before, GST_MAP_READ);
    if (GST_VIDEO_FRAME_COMP_DEPTH(in, 0) > 8)
      deinterlace_all<std::uint16_t>(*in, has_last ? &last : nullptr, *out, kept);
    else
      deinterlace_all<std::uint8_t>(*in, has_last ? &last : nullptr, *out, kept);
    if (has_last)
      gst_video_frame_unmap(&last);
  } else {
    gst_video_frame_copy(out, in);
  }
  gst_buffer_replace(&self->before, in->buffer);
  return GST_FLOW_OK;
}

void field_element_init(field_element* self) {
  self->before = nullptr;
}

void field_element_class_init(field_elementClass* type) {
  G_OBJECT_CLASS(type)->finalize = finalize;
  auto* element = GST_ELEMENT_CLASS(type);
  owned<GstCaps> raw{gst_caps_from_string("video/x-raw")};
  for (const auto way : {GST_PAD_SINK, GST_PAD_SRC})
    gst_element_class_add_pad_template(
        element,
        gst_pad_template_new(way == GST_PAD_SINK ? "sink" : "src", way, GST_PAD_ALWAYS, raw.get()));
  gst_element_class_set_static_metadata(element, "Deinterlacer", "Filter/Effect/Video/Deinterlace",
                                        "One picture for each frame of two fields", "Video Doc");
  auto* base = GST_BASE_TRANSFORM_CLASS(type);
  base->transform_caps = transform_caps;
  base->stop = stop;
  base->passthrough_on_same_caps = FALSE;
  auto* filter = GST_VIDEO_FILTER_CLASS(type);
  filter->set_info = set_info;
  filter->transform_frame = transform_frame;
}

} // namespace

void register_deinterlacer() {
  gst_element_register(nullptr, "vdocdeinterlace", GST_RANK_NONE, field_element_get_type());
}

} // namespace vdoc::gst
