#include "pipelines/gst/abilities.hpp"

#include "pipelines/gst/owned.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vdoc::gst {

namespace {

constexpr std::array ours{"x264enc", "avenc_aac"};

/// Caps of the formats that sources come in, and their names.
constexpr std::array formats{
    std::pair{"video/x-h264", "h264"},     std::pair{"video/x-h265", "h265"},
    std::pair{"video/x-h266", "h266"},     std::pair{"video/x-vp8", "vp8"},
    std::pair{"video/x-vp9", "vp9"},       std::pair{"video/x-av1", "av1"},
    std::pair{"video/mpeg", "mpeg-video"}, std::pair{"video/x-h263", "h263"},
    std::pair{"video/x-theora", "theora"}, std::pair{"video/x-prores", "prores"},
    std::pair{"video/x-wmv", "wmv"},       std::pair{"audio/mpeg", "mpeg-audio"},
    std::pair{"audio/x-opus", "opus"},     std::pair{"audio/x-vorbis", "vorbis"},
    std::pair{"audio/x-ac3", "ac3"},       std::pair{"audio/x-eac3", "eac3"},
    std::pair{"audio/x-flac", "flac"},     std::pair{"audio/AMR", "amr"},
    std::pair{"audio/x-wma", "wma"}};

struct end_list {
  void operator()(GList* list) const noexcept { gst_plugin_feature_list_free(list); }
};
using factories = std::unique_ptr<GList, end_list>;

factories all_of(GstElementFactoryListType kind) {
  return factories{gst_element_factory_list_get_elements(kind, GST_RANK_NONE)};
}

std::string name_of(GstElementFactory* factory) {
  return gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(factory));
}

/// Its library loads, and what it needs of the machine, a device say, is there.
bool gets_ready(GstElementFactory* factory) {
  auto* made = gst_element_factory_create(factory, nullptr);
  if (made == nullptr)
    return false;
  const owned<GstElement> element{GST_ELEMENT(gst_object_ref_sink(made))};
  const bool ready =
      gst_element_set_state(element.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state(element.get(), GST_STATE_NULL);
  return ready;
}

bool is_worth_trying(GstElementFactory* factory) {
  return std::ranges::find(ours, name_of(factory)) != ours.end() ||
         gst_element_factory_list_is_type(factory, GST_ELEMENT_FACTORY_TYPE_HARDWARE);
}

} // namespace

std::vector<std::string> encoders_that_start() {
  std::vector<std::string> words;
  const auto encoders = all_of(GST_ELEMENT_FACTORY_TYPE_ENCODER);
  for (const auto* at = encoders.get(); at != nullptr; at = at->next)
    if (auto* factory = GST_ELEMENT_FACTORY(at->data);
        is_worth_trying(factory) && gets_ready(factory))
      words.push_back("encoder:" + name_of(factory));
  std::ranges::sort(words);
  return words;
}

std::vector<std::string> decoders_installed() {
  std::vector<std::string> words;
  // Of a medium: bins that find a decoder take anything.
  const auto decoders =
      all_of(GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO |
             GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO);
  for (const auto& [caps, name] : formats) {
    const owned<GstCaps> wanted{gst_caps_new_empty_simple(caps)};
    const factories able{
        gst_element_factory_list_filter(decoders.get(), wanted.get(), GST_PAD_SINK, FALSE)};
    if (able)
      words.push_back(std::string{"decoder:"} + name);
  }
  std::ranges::sort(words);
  return words;
}

} // namespace vdoc::gst
