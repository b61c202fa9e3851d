#include "pipelines/gst/audio_decoder.hpp"

#include <gst/audio/audio.h>
#include <gst/pbutils/pbutils.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace vdoc::gst {

namespace {

/// Buffers carry no negative times, so all are moved by this much and back.
constexpr std::int64_t shift_ns = 1'000'000'000'000'000;

constexpr auto wanted_sound = "audio/x-raw, format=F32LE, layout=interleaved, channels=[1,2]";

/// Decoders we prefer to GStreamer's own ranking, by media type and what the caps must contain.
struct preference {
  const char* caps;
  const char* factory;
};
constexpr std::array preferences{
    preference{"audio/mpeg, mpegversion=1, layer=3", "avdec_mp3"},
    preference{"audio/mpeg, mpegversion=1, layer=2", "avdec_mp2float"},
    preference{"audio/mpeg, mpegversion={2,4}, stream-format={raw,adts,adif}", "avdec_aac"},
    preference{"audio/x-ac3", "avdec_ac3"},
    preference{"audio/x-eac3", "avdec_eac3"},
    preference{"audio/x-opus", "opusdec"},
    preference{"audio/x-vorbis", "vorbisdec"},
    preference{"audio/x-flac", "flacdec"},
    preference{"audio/AMR", "avdec_amrnb"},
    preference{"audio/AMR-WB", "amrwbdec"}, // avdec_amrwb of gst-libav 1.22 fails to negotiate
};

owned<GstCaps> parsed(const std::string& caps) {
  owned<GstCaps> out{gst_caps_from_string(caps.c_str())};
  if (!out || gst_caps_get_size(out.get()) == 0)
    throw failure{
        fault{culprit::ours, "the sound's format is unreadable", "", caps.substr(0, 200)}};
  return out;
}

std::string best_ranked(GstCaps* caps) {
  GList* all = gst_element_factory_list_get_elements(
      GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO, GST_RANK_MARGINAL);
  GList* fitting = gst_element_factory_list_filter(all, caps, GST_PAD_SINK, TRUE);
  fitting = g_list_sort(fitting, gst_plugin_feature_rank_compare_func);
  std::string found;
  for (const GList* at = fitting; at != nullptr && found.empty(); at = at->next) {
    const std::string name = gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(at->data));
    if (works(name))
      found = name;
  }
  gst_plugin_feature_list_free(fitting);
  gst_plugin_feature_list_free(all);
  return found;
}

std::string preferred(GstCaps* caps) {
  for (const auto& one : preferences) {
    const owned<GstCaps> pattern{gst_caps_from_string(one.caps)};
    if (gst_caps_is_subset(caps, pattern.get()) && works(one.factory))
      return one.factory;
  }
  return {};
}

/// OpusHead (RFC 7845, 5.1) has the pre-skip in bytes 10 and 11; a decoder told of it would cut
/// samples that the access units' times place before zero already.
owned<GstBuffer> without_pre_skip(GstBuffer* head) {
  owned<GstBuffer> copy{gst_buffer_copy_deep(head)};
  constexpr std::array<std::uint8_t, 2> none{};
  gst_buffer_fill(copy.get(), 10, none.data(), none.size());
  return copy;
}

std::vector<std::vector<std::uint8_t>> headers_of(const std::string& caps) {
  std::vector<std::vector<std::uint8_t>> out;
  const auto format = parsed(caps);
  const GValue* headers =
      gst_structure_get_value(gst_caps_get_structure(format.get(), 0), "streamheader");
  if (headers == nullptr || !GST_VALUE_HOLDS_ARRAY(headers))
    return out;
  for (guint i = 0; i < gst_value_array_get_size(headers); ++i) {
    GstBuffer* buffer = gst_value_get_buffer(gst_value_array_get_value(headers, i));
    out.emplace_back(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, out.back().data(), out.back().size());
  }
  return out;
}

void drop_pre_skip(GstCaps* caps) {
  GstStructure* format = gst_caps_get_structure(caps, 0);
  const GValue* headers = gst_structure_get_value(format, "streamheader");
  if (headers == nullptr || !GST_VALUE_HOLDS_ARRAY(headers) ||
      gst_value_array_get_size(headers) == 0)
    return;
  GValue changed = G_VALUE_INIT;
  gst_value_array_init(&changed, gst_value_array_get_size(headers));
  for (guint i = 0; i < gst_value_array_get_size(headers); ++i) {
    const GValue* one = gst_value_array_get_value(headers, i);
    GstBuffer* buffer = gst_value_get_buffer(one);
    GValue copy = G_VALUE_INIT;
    g_value_init(&copy, GST_TYPE_BUFFER);
    const bool head = buffer != nullptr && gst_buffer_get_size(buffer) >= 19 &&
                      gst_buffer_memcmp(buffer, 0, "OpusHead", 8) == 0;
    if (head)
      gst_value_take_buffer(&copy, without_pre_skip(buffer).release());
    else
      g_value_copy(one, &copy);
    gst_value_array_append_and_take_value(&changed, &copy);
  }
  gst_structure_take_value(format, "streamheader", &changed);
}

/// libavcodec drops a whole frame, with its time, from the start of a stream in which libfaac left
/// its name; the sound behind it would come a frame too early.
bool begins_as_libfaac(const fragment::access_unit& unit) {
  constexpr std::string_view name = "libfaac ";
  constexpr std::size_t at = 4; // where libavcodec looks
  return unit.bytes.size() >= at + name.size() &&
         std::equal(name.begin(), name.end(), unit.bytes.begin() + at);
}

} // namespace

std::string audio_codec_name(const std::string& caps) {
  const auto format = parsed(caps);
  const owned<char> name{gst_pb_utils_get_codec_description(format.get())};
  return name ? name.get() : gst_structure_get_name(gst_caps_get_structure(format.get(), 0));
}

audio_decoder_choice choose_audio_decoder(const std::string& caps) {
  auto format = parsed(caps);
  const std::string_view kind = gst_structure_get_name(gst_caps_get_structure(format.get(), 0));
  if (kind == "audio/x-raw")
    return {"", caps};
  auto factory = preferred(format.get());
  if (factory.empty())
    factory = best_ranked(format.get());
  if (factory.empty())
    throw failure{
        fault{culprit::user, "there is no decoder for " + audio_codec_name(caps) + " sound",
              "convert the sound, or install a GStreamer plugin for it", std::string{kind}}};
  if (kind == "audio/x-opus") {
    format.reset(gst_caps_make_writable(format.release()));
    drop_pre_skip(format.get());
    const owned<char> text{gst_caps_to_string(format.get())};
    return {factory, text.get()};
  }
  return {factory, caps};
}

graph audio_decoder::plan(const audio_decoder_choice& choice) {
  graph out;
  out.then(conveyor_in(choice.caps));
  if (!choice.factory.empty())
    out.then({choice.factory, "decoder", {}});
  return out.then({"audioconvert", "convert", {{"dithering", "none"}}})
      .then(conveyor_out(wanted_sound));
}

audio_decoder::audio_decoder(const std::string& caps, taker take,
                             std::atomic<std::uint64_t>& progress)
    : take_{std::move(take)}, headers_{headers_of(caps)}, line_{plan(choose_audio_decoder(caps)),
                                                                [this](GstSample* sample) {
                                                                  this->take(sample);
                                                                },
                                                                {},
                                                                progress} {}

void audio_decoder::decode(const fragment::access_unit& unit) {
  if (std::find(headers_.begin(), headers_.end(), unit.bytes) != headers_.end())
    return;
  if (!std::exchange(begun_, true) && begins_as_libfaac(unit))
    return;
  owned<GstBuffer> buffer{gst_buffer_new_memdup(unit.bytes.data(), unit.bytes.size())};
  if (unit.pts != fragment::unknown_time)
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(unit.pts.count() + shift_ns);
  if (unit.duration.count() > 0)
    GST_BUFFER_DURATION(buffer.get()) = static_cast<GstClockTime>(unit.duration.count());
  line_.push(std::move(buffer));
}

void audio_decoder::finish() {
  line_.finish();
}

void audio_decoder::take(GstSample* sample) {
  GstAudioInfo format;
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (buffer == nullptr || !gst_audio_info_from_caps(&format, gst_sample_get_caps(sample)))
    return;
  GstMapInfo bytes;
  if (!gst_buffer_map(buffer, &bytes, GST_MAP_READ))
    return;
  sound_block block;
  block.channels = GST_AUDIO_INFO_CHANNELS(&format);
  block.rate_hz = GST_AUDIO_INFO_RATE(&format);
  block.samples = {reinterpret_cast<const float*>(bytes.data),
                   bytes.size / sizeof(float) / block.channels * block.channels};
  if (GST_BUFFER_PTS_IS_VALID(buffer))
    block.pts = fragment::timestamp{static_cast<std::int64_t>(GST_BUFFER_PTS(buffer)) - shift_ns};
  take_(block);
  gst_buffer_unmap(buffer, &bytes);
}

} // namespace vdoc::gst
