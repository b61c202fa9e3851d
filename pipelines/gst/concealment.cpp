#include "pipelines/gst/concealment.hpp"

#include "pipelines/gst/owned.hpp"

#include <algorithm>
#include <mutex>
#include <string_view>

namespace vdoc::gst {

struct concealment_watch::heard {
  std::mutex access;
  fragment::timestamp entered = fragment::unknown_time;
  std::vector<fragment::timestamp> at;

  void conceals() {
    const std::lock_guard lock{access};
    // A picture of two fields may be spoken of twice.
    if (entered != fragment::unknown_time && (at.empty() || at.back() != entered))
      at.push_back(entered);
  }

  /// Of the decoder that this thread feeds. GStreamer's threads serve one pipeline after another.
  static std::weak_ptr<heard>& of_this_thread() {
    thread_local std::weak_ptr<heard> one;
    return one;
  }
};

void concealment_watch::when_said(GstDebugCategory* category, GstDebugLevel, const gchar*,
                                  const gchar*, gint, GObject*, GstDebugMessage* message,
                                  gpointer) {
  using std::string_view;
  if (gst_debug_category_get_name(category) != string_view{"libav"})
    return;
  const auto one = heard::of_this_thread().lock();
  const char* text = one ? gst_debug_message_get(message) : nullptr;
  if (text != nullptr && string_view{text}.starts_with("concealing "))
    one->conceals();
}

void listen_to_libav() {
  gst_debug_set_threshold_for_name("libav", GST_LEVEL_INFO);
  gst_debug_add_log_function(concealment_watch::when_said, nullptr, nullptr);
}

GstPadProbeReturn concealment_watch::when_entered(GstPad* /*pad*/, GstPadProbeInfo* info,
                                                  gpointer user) {
  const auto& one = *static_cast<std::shared_ptr<heard>*>(user);
  const auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto when =
      GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
  const std::lock_guard lock{one->access};
  one->entered = GST_CLOCK_TIME_IS_VALID(when)
                     ? fragment::timestamp{static_cast<std::int64_t>(when)}
                     : fragment::unknown_time;
  heard::of_this_thread() = one;
  return GST_PAD_PROBE_OK;
}

concealment_watch::concealment_watch(GstElement* decoder) : heard_{std::make_shared<heard>()} {
  const owned<GstPad> entry{gst_element_get_static_pad(decoder, "sink")};
  gst_pad_add_probe(entry.get(), GST_PAD_PROBE_TYPE_BUFFER, when_entered,
                    new std::shared_ptr<heard>{heard_},
                    [](gpointer it) { delete static_cast<std::shared_ptr<heard>*>(it); });
}

std::vector<fragment::timestamp> concealment_watch::take(fragment::timestamp begin,
                                                         fragment::timestamp end) {
  const std::lock_guard lock{heard_->access};
  auto& all = heard_->at;
  const auto rest = std::stable_partition(all.begin(), all.end(),
                                          [&](auto when) { return when < begin || when >= end; });
  std::vector<fragment::timestamp> taken(rest, all.end());
  all.erase(rest, all.end());
  return taken;
}

} // namespace vdoc::gst
