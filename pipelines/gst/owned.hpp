#pragma once

#include <gst/gst.h>

#include <memory>

namespace vdoc::gst {

/// Gives back what GStreamer and GLib lend: one deleter for every kind used here.
struct give_back {
  void operator()(GstObject* it) const noexcept { gst_object_unref(it); }
  void operator()(GstElement* it) const noexcept { gst_object_unref(it); }
  void operator()(GstPad* it) const noexcept { gst_object_unref(it); }
  void operator()(GstBufferPool* it) const noexcept { gst_object_unref(it); }
  void operator()(GstBus* it) const noexcept { gst_object_unref(it); }
  void operator()(GstCaps* it) const noexcept { gst_caps_unref(it); }
  void operator()(GstBuffer* it) const noexcept { gst_buffer_unref(it); }
  void operator()(GstSample* it) const noexcept { gst_sample_unref(it); }
  void operator()(GstEvent* it) const noexcept { gst_event_unref(it); }
  void operator()(GstMessage* it) const noexcept { gst_message_unref(it); }
  void operator()(GError* it) const noexcept { g_error_free(it); }
  void operator()(char* it) const noexcept { g_free(it); }
};

/// A reference that is ours to drop: `owned<GstCaps> caps{gst_caps_from_string(...)}`.
template <class T> using owned = std::unique_ptr<T, give_back>;

} // namespace vdoc::gst
