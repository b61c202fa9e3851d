#include "pipelines/gst/scaler.hpp"

#include "pipelines/fault.hpp"
#include "pipelines/gst/owned.hpp"
#include "pipelines/gst/rescaler.hpp"

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include <exception>
#include <string>

namespace vdoc::gst {

namespace {

/// GObject's instance: plain memory, made and destroyed by hand.
struct scale_element {
  GstVideoFilter parent;
  int width_px;
  int height_px;
  rescaler* worker;
};

struct scale_class {
  GstVideoFilterClass parent;
};

enum : guint { property_width = 1, property_height };

using scale_elementClass = scale_class;

G_DEFINE_TYPE(scale_element, scale_element, GST_TYPE_VIDEO_FILTER)

scale_element* self_of(gpointer it) {
  return static_cast<scale_element*>(it);
}

void forget_worker(scale_element* self) {
  delete self->worker;
  self->worker = nullptr;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  (id == property_width ? self_of(object)->width_px : self_of(object)->height_px) =
      g_value_get_int(value);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  const auto* self = self_of(object);
  g_value_set_int(value, id == property_width ? self->width_px : self->height_px);
}

void finalize(GObject* object) {
  forget_worker(self_of(object));
  G_OBJECT_CLASS(scale_element_parent_class)->finalize(object);
}

bool is_rgb(const GstStructure* one) {
  const char* name = gst_structure_get_string(one, "format");
  if (name == nullptr)
    return false;
  const auto* about = gst_video_format_get_info(gst_video_format_from_string(name));
  return about != nullptr && GST_VIDEO_FORMAT_INFO_IS_RGB(about);
}

/// What comes out, for one structure of what goes in.
void make_output(const scale_element* self, GstStructure* one) {
  int width = self->width_px;
  int height = self->height_px;
  if (width == 0)
    gst_structure_get_int(one, "width", &width);
  if (height == 0)
    gst_structure_get_int(one, "height", &height);
  if (is_rgb(one) && width > 0 && height > 0)
    gst_structure_set(one, "colorimetry", G_TYPE_STRING,
                      usual_matrix(width, height) == matrix::bt601 ? "bt601" : "bt709", nullptr);
  gst_structure_set(one, "format", G_TYPE_STRING, "I420", "interlace-mode", G_TYPE_STRING,
                    "progressive", nullptr);
  if (self->width_px > 0)
    gst_structure_set(one, "width", G_TYPE_INT, self->width_px, "pixel-aspect-ratio",
                      GST_TYPE_FRACTION, 1, 1, nullptr);
  if (self->height_px > 0)
    gst_structure_set(one, "height", G_TYPE_INT, self->height_px, nullptr);
  gst_structure_remove_fields(one, "field-order", "chroma-site", nullptr);
}

GstCaps* transform_caps(GstBaseTransform* base, GstPadDirection from, GstCaps* caps,
                        GstCaps* filter) {
  GstCaps* out = nullptr;
  if (from == GST_PAD_SINK) {
    out = gst_caps_make_writable(gst_caps_ref(caps));
    for (guint i = 0; i < gst_caps_get_size(out); ++i)
      make_output(self_of(base), gst_caps_get_structure(out, i));
  } else {
    out = gst_pad_get_pad_template_caps(GST_BASE_TRANSFORM_SINK_PAD(base));
  }
  if (filter != nullptr) {
    auto* both = gst_caps_intersect_full(filter, out, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(out);
    out = both;
  }
  return out;
}

gboolean set_info(GstVideoFilter* filter, GstCaps*, GstVideoInfo* in, GstCaps*, GstVideoInfo* out) {
  auto* self = self_of(filter);
  forget_worker(self);
  const picture_shape from{GST_VIDEO_INFO_FORMAT(in), GST_VIDEO_INFO_WIDTH(in),
                           GST_VIDEO_INFO_HEIGHT(in)};
  const picture_shape to{GST_VIDEO_INFO_FORMAT(out), GST_VIDEO_INFO_WIDTH(out),
                         GST_VIDEO_INFO_HEIGHT(out)};
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(filter), from == to);
  if (from == to)
    return TRUE;
  try {
    self->worker =
        new rescaler{from, to, sharpness::bicubic, {usual_matrix(to.width_px, to.height_px)}};
  } catch (const failure& why) {
    GST_ELEMENT_ERROR(filter, CORE, NEGOTIATION, ("%s", why.what()), (nullptr));
    return FALSE;
  }
  return TRUE;
}

GstFlowReturn transform_frame(GstVideoFilter* filter, GstVideoFrame* in, GstVideoFrame* out) {
  try {
    self_of(filter)->worker->run(*in, *out);
  } catch (const std::exception& why) { // through C, nothing may be thrown
    GST_ELEMENT_ERROR(filter, CORE, FAILED, ("%s", why.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}

/// Pictures come from a pool of our own, with rows that begin where SIMD likes them to. Everything
/// downstream of us reads GstVideoMeta.
gboolean decide_allocation(GstBaseTransform*, GstQuery* query) {
  GstCaps* caps = nullptr;
  gst_query_parse_allocation(query, &caps, nullptr);
  GstVideoInfo info;
  if (caps == nullptr || !gst_video_info_from_caps(&info, caps))
    return FALSE;
  GstVideoAlignment rows;
  gst_video_alignment_reset(&rows);
  for (auto& align : rows.stride_align)
    align = 63;
  auto* pool = gst_video_buffer_pool_new();
  auto* config = gst_buffer_pool_get_config(pool);
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  params.align = 63;
  params.padding = 256; // libswscale's vector code writes whole registers, past the last row
  gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(info.size), 0, 0);
  gst_buffer_pool_config_set_allocator(config, nullptr, &params);
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment(config, &rows);
  const bool taken = gst_buffer_pool_set_config(pool, config);
  while (gst_query_get_n_allocation_pools(query) > 0)
    gst_query_remove_nth_allocation_pool(query, 0);
  gst_query_add_allocation_pool(query, pool, static_cast<guint>(info.size), 0, 0);
  gst_object_unref(pool);
  return taken ? TRUE : FALSE;
}

void add_template(GstElementClass* type, const char* name, GstPadDirection way, const char* text) {
  owned<GstCaps> caps{gst_caps_from_string(text)};
  gst_element_class_add_pad_template(type,
                                     gst_pad_template_new(name, way, GST_PAD_ALWAYS, caps.get()));
}

std::string readable_caps() {
  std::string formats;
  for (int i = GST_VIDEO_FORMAT_ENCODED + 1; i <= GST_VIDEO_FORMAT_AV12; ++i) {
    const auto format = static_cast<GstVideoFormat>(i);
    if (can_rescale(format))
      formats += (formats.empty() ? "" : ", ") + std::string{gst_video_format_to_string(format)};
  }
  return "video/x-raw, format={" + formats + "}";
}

void scale_element_init(scale_element* self) {
  self->width_px = 0;
  self->height_px = 0;
  self->worker = nullptr;
}

void scale_element_class_init(scale_class* type) {
  auto* object = G_OBJECT_CLASS(type);
  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(
      object, property_width,
      g_param_spec_int("width", "Width", "Pixels; 0: as they come", 0, 32768, 0, flags));
  g_object_class_install_property(
      object, property_height,
      g_param_spec_int("height", "Height", "Pixels; 0: as they come", 0, 32768, 0, flags));

  auto* element = GST_ELEMENT_CLASS(type);
  add_template(element, "sink", GST_PAD_SINK, readable_caps().c_str());
  add_template(element, "src", GST_PAD_SRC, "video/x-raw, format=I420");
  gst_element_class_set_static_metadata(element, "Scaler", "Filter/Converter/Video/Scaler",
                                        "Scales to I420", "Video Doc");

  auto* base = GST_BASE_TRANSFORM_CLASS(type);
  base->transform_caps = transform_caps;
  base->decide_allocation = decide_allocation;
  base->passthrough_on_same_caps = FALSE;
  auto* filter = GST_VIDEO_FILTER_CLASS(type);
  filter->set_info = set_info;
  filter->transform_frame = transform_frame;
}

} // namespace

void register_scaler() {
  gst_element_register(nullptr, "vdocscale", GST_RANK_NONE, scale_element_get_type());
}

} // namespace vdoc::gst
