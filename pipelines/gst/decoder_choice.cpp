#include "pipelines/gst/transcode_graphs.hpp"

#include <gst/gst.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string_view>

namespace vdoc::gst {

namespace {

/// Before all others for what they can do. A rank says nothing about speed.
constexpr std::array<std::string_view, 8> preferred{"avdec_h264",  "avdec_h265", "avdec_vp9",
                                                    "avdec_vp8",   "av1dec",     "avdec_mpeg2video",
                                                    "avdec_mpeg4", "theoradec"};

int place(GstElementFactory* one) {
  const auto* at =
      std::find(preferred.begin(), preferred.end(), std::string_view{GST_OBJECT_NAME(one)});
  return static_cast<int>(at - preferred.begin());
}

bool is_software(GstElementFactory* one) {
  const char* type = gst_element_factory_get_metadata(one, GST_ELEMENT_METADATA_KLASS);
  const std::string_view name{GST_OBJECT_NAME(one)};
  return type != nullptr && std::string_view{type}.find("Hardware") == std::string_view::npos &&
         !name.ends_with("bin");
}

/// One thread: fragments are decoded side by side. No dropping for being late: nothing is.
std::vector<std::pair<std::string, std::string>> settings(const std::string& factory) {
  std::vector<std::pair<std::string, std::string>> out;
  owned<GstElement> one{gst_element_factory_make(factory.c_str(), nullptr)};
  gst_object_ref_sink(one.get());
  const auto add = [&](const char* key, const char* value) {
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(one.get()), key) != nullptr)
      out.emplace_back(key, value);
  };
  add("max-threads", "1");
  add("threads", "1");
  add("n-threads", "1");
  add("qos", "false");
  return out;
}

bool is_raw(const GstCaps* caps) {
  return gst_caps_get_size(caps) > 0 &&
         gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw");
}

bool works_once(const std::string& factory) {
  static std::mutex guard;
  static std::map<std::string, bool> known;
  const std::lock_guard lock{guard};
  const auto found = known.find(factory);
  return found != known.end() ? found->second
                              : known.emplace(factory, works(factory)).first->second;
}

} // namespace

decoder_choice choose_decoder(const std::string& caps) {
  owned<GstCaps> parsed{gst_caps_from_string(caps.c_str())};
  if (!parsed)
    return {};
  // Nothing to decode. It only does something about the rare formats that the scaler cannot read.
  if (is_raw(parsed.get()))
    return {"videoconvert", settings("videoconvert")};
  const auto kind = GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO |
                    GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE;
  auto* all = gst_element_factory_list_get_elements(kind, GST_RANK_NONE);
  // Subset only: a decoder that wants more than the stream promises is not for it.
  auto* fitting = gst_element_factory_list_filter(all, parsed.get(), GST_PAD_SINK, TRUE);
  std::vector<GstElementFactory*> order;
  for (auto* at = fitting; at != nullptr; at = at->next)
    if (auto* one = GST_ELEMENT_FACTORY(at->data); is_software(one))
      order.push_back(one);
  std::stable_sort(order.begin(), order.end(), [](GstElementFactory* a, GstElementFactory* b) {
    const auto rank = [](GstElementFactory* one) {
      return gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(one));
    };
    return place(a) != place(b) ? place(a) < place(b) : rank(a) > rank(b);
  });
  decoder_choice out;
  for (auto* one : order) {
    const std::string name = GST_OBJECT_NAME(one);
    if (works_once(name)) {
      out = {name, settings(name)};
      break;
    }
  }
  gst_plugin_feature_list_free(fitting);
  gst_plugin_feature_list_free(all);
  return out;
}

} // namespace vdoc::gst
