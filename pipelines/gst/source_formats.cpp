#include "pipelines/gst/source_formats.hpp"

#include <gst/pbutils/pbutils.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace vdoc::gst {

namespace {

struct row {
  const char* caps;
  const char* first;
  const char* second = "";
};

constexpr std::array containers{
    row{"video/quicktime", "qtdemux"},
    row{"audio/x-m4a", "qtdemux"},
    row{"application/x-3gp", "qtdemux"},
    row{"video/mj2", "qtdemux"},
    row{"video/x-matroska", "matroskademux"},
    row{"audio/x-matroska", "matroskademux"},
    row{"video/x-matroska-3d", "matroskademux"},
    row{"video/webm", "matroskademux"},
    row{"audio/webm", "matroskademux"},
    row{"video/mpegts", "tsdemux"},
    row{"video/mpeg, systemstream=true", "mpegpsdemux"},
    row{"video/x-msvideo", "avidemux"},
    row{"video/x-flv", "flvdemux"},
    row{"application/ogg", "oggdemux"},
    row{"video/ogg", "oggdemux"},
    row{"audio/ogg", "oggdemux"},
    row{"application/kate", "oggdemux"},
    row{"video/x-ms-asf", "asfdemux"},
    row{"application/mxf", "mxfdemux"},
    row{"application/x-id3", "id3demux"},
    row{"application/x-apetag", "apedemux"},
    row{"audio/x-wav", "wavparse"},
    row{"audio/x-rf64", "wavparse"},
    row{"audio/x-aiff", "aiffparse"},
    row{"audio/x-au", "auparse"},
    row{"video/x-ivf", "ivfparse"},
};

constexpr std::array parsers{
    row{"video/x-h264", "h264parse", "video/x-h264,stream-format={avc,avc3},alignment=au"},
    row{"video/x-h265", "h265parse", "video/x-h265,stream-format={hvc1,hev1},alignment=au"},
    row{"video/x-vp9", "vp9parse", "video/x-vp9,alignment=super-frame"},
    row{"video/x-av1", "av1parse", "video/x-av1,stream-format=obu-stream,alignment=tu"},
    row{"video/mpeg, mpegversion={1,2}, systemstream=false", "mpegvideoparse"},
    row{"video/mpeg, mpegversion=4", "mpeg4videoparse"},
    row{"video/x-divx, divxversion=[4,5]", "mpeg4videoparse"},
    row{"audio/mpeg, mpegversion={2,4}", "aacparse",
        "audio/mpeg,mpegversion={2,4},stream-format=raw;audio/mpeg,mpegversion={2,4},"
        "stream-format=loas"},
    row{"audio/mpeg, mpegversion=1", "mpegaudioparse"},
    row{"audio/x-ac3", "ac3parse"},
    row{"audio/x-eac3", "ac3parse"},
    row{"audio/ac3", "ac3parse"},
    row{"audio/x-private1-ac3", "ac3parse"},
    row{"audio/x-flac", "flacparse"},
    row{"audio/x-dts", "dcaparse"},
    row{"audio/x-amr-nb-sh", "amrparse"},
    row{"audio/x-amr-wb-sh", "amrparse"},
};

constexpr std::array codecs{
    row{"video/x-h264", "h264"},
    row{"video/x-h265", "hevc"},
    row{"video/x-vp8", "vp8"},
    row{"video/x-vp9", "vp9"},
    row{"video/x-av1", "av1"},
    row{"video/mpeg, mpegversion=1", "mpeg1"},
    row{"video/mpeg, mpegversion=2", "mpeg2"},
    row{"video/mpeg, mpegversion=4", "mpeg4"},
    row{"video/x-divx, divxversion=[4,5]", "mpeg4"},
    row{"video/x-divx, divxversion=3", "msmpeg4v3"},
    row{"video/x-msmpeg", "msmpeg4"},
    row{"video/x-h263", "h263"},
    row{"video/x-flash-video", "flv1"},
    row{"video/x-theora", "theora"},
    row{"video/x-wmv, wmvversion=1", "wmv1"},
    row{"video/x-wmv, wmvversion=2", "wmv2"},
    row{"video/x-wmv", "vc1"},
    row{"video/x-prores", "prores"},
    row{"video/x-dnxhd", "dnxhd"},
    row{"video/x-raw", "raw"},
    row{"image/jpeg", "mjpeg"},
    row{"image/png", "png"},
    row{"audio/mpeg, mpegversion={2,4}", "aac"},
    row{"audio/mpeg, mpegversion=1, layer=3", "mp3"},
    row{"audio/mpeg, mpegversion=1, layer=2", "mp2"},
    row{"audio/mpeg, mpegversion=1", "mp3"},
    row{"audio/x-ac3", "ac3"},
    row{"audio/x-eac3", "eac3"},
    row{"audio/x-opus", "opus"},
    row{"audio/x-vorbis", "vorbis"},
    row{"audio/x-flac", "flac"},
    row{"audio/x-dts", "dts"},
    row{"audio/x-alac", "alac"},
    row{"audio/x-speex", "speex"},
    row{"audio/AMR", "amr_nb"},
    row{"audio/AMR-WB", "amr_wb"},
    row{"audio/x-wma", "wma"},
    row{"audio/x-raw", "pcm"},
    row{"audio/x-mulaw", "pcm_mulaw"},
    row{"audio/x-alaw", "pcm_alaw"},
    row{"text/x-raw", "text"},
    row{"application/x-ass", "ssa"},
    row{"application/x-ssa", "ssa"},
    row{"application/x-subtitle-vtt", "webvtt"},
    row{"subpicture/x-pgs", "pgs"},
    row{"subpicture/x-dvd", "dvd_subtitle"},
    row{"subpicture/x-dvb", "dvb_subtitle"},
    row{"closedcaption/x-cea-608", "cea608"},
    row{"closedcaption/x-cea-708", "cea708"},
};

constexpr std::array file_types{
    row{"video/quicktime, variant=iso", "mp4"},
    row{"video/quicktime, variant=iso-fragmented", "mp4"},
    row{"video/quicktime", "mov"},
    row{"audio/x-m4a", "mp4"},
    row{"application/x-3gp", "3gp"},
    row{"video/x-matroska", "matroska"},
    row{"audio/x-matroska", "matroska"},
    row{"video/webm", "webm"},
    row{"audio/webm", "webm"},
    row{"video/mpegts", "mpegts"},
    row{"video/mpeg, systemstream=true", "mpegps"},
    row{"video/x-msvideo", "avi"},
    row{"video/x-flv", "flv"},
    row{"application/ogg", "ogg"},
    row{"video/ogg", "ogg"},
    row{"audio/ogg", "ogg"},
    row{"video/x-ms-asf", "asf"},
    row{"application/mxf", "mxf"},
    row{"audio/x-wav", "wav"},
    row{"audio/x-rf64", "wav"},
    row{"audio/x-aiff", "aiff"},
    row{"audio/x-au", "au"},
    row{"audio/mpeg, mpegversion=1", "mp3"},
    row{"application/x-id3", "mp3"},
    row{"audio/x-flac", "flac"},
    row{"video/x-ivf", "ivf"},
};

constexpr std::array fourccs{
    row{"video/x-gst-fourcc-vvc1", "VVC (H.266) video"},
    row{"video/x-gst-fourcc-vvi1", "VVC (H.266) video"},
    row{"video/x-h266", "VVC (H.266) video"},
    row{"video/x-gst-fourcc-dvh1", "Dolby Vision video"},
    row{"video/x-gst-fourcc-dvhe", "Dolby Vision video"},
    row{"video/x-gst-fourcc-dvav", "Dolby Vision video"},
    row{"video/x-gst-fourcc-dva1", "Dolby Vision video"},
    row{"video/x-gst-fourcc-dav1", "Dolby Vision video"},
    row{"video/x-gst-fourcc-evc1", "EVC video"},
    row{"video/x-gst-fourcc-encv", "encrypted video"},
    row{"application/x-cenc", "encrypted stream"},
    row{"audio/x-gst-fourcc-enca", "encrypted audio"},
    row{"audio/x-gst-fourcc-ac-4", "AC-4 audio"},
    row{"audio/x-gst-fourcc-mhm1", "MPEG-H 3D audio"},
    row{"audio/x-gst-fourcc-mha1", "MPEG-H 3D audio"},
};

/// What GStreamer's demuxers (1.22) do not know the name of, though there is a decoder.
constexpr std::array renamed{
    row{"video/x-gst-fourcc-AVdh", "video/x-dnxhd"}, // DNxHR
};

template <class Rows> const row* find(const Rows& rows, const GstCaps* caps) {
  for (const auto& one : rows) {
    const owned<GstCaps> pattern{gst_caps_from_string(one.caps)};
    if (gst_caps_can_intersect(caps, pattern.get()))
      return &one;
  }
  return nullptr;
}

std::string_view media_type(const GstCaps* caps) {
  if (caps == nullptr || gst_caps_is_empty(caps) || gst_caps_is_any(caps))
    return "";
  return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

bool some_decoder_takes(const GstCaps* caps) {
  GList* all =
      gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
  GList* fitting = gst_element_factory_list_filter(all, caps, GST_PAD_SINK, FALSE);
  const auto found = fitting != nullptr;
  gst_plugin_feature_list_free(fitting);
  gst_plugin_feature_list_free(all);
  return found;
}

} // namespace

std::string demuxer_for(const GstCaps* caps) {
  const auto* found = find(containers, caps);
  return found != nullptr ? found->first : "";
}

parsing parsing_for(const GstCaps* caps) {
  const auto* found = find(parsers, caps);
  return found != nullptr ? parsing{found->first, found->second} : parsing{};
}

stream_kind kind_of(const GstCaps* caps) {
  const auto type = media_type(caps);
  if (type.starts_with("audio/"))
    return stream_kind::audio;
  if (type.starts_with("video/") || type.starts_with("image/"))
    return stream_kind::video;
  if (type.starts_with("subpicture/") || type.starts_with("closedcaption/"))
    return stream_kind::picture_text;
  if (type.starts_with("text/") || type == "application/x-ass" || type == "application/x-ssa" ||
      type.starts_with("application/x-subtitle"))
    return stream_kind::text;
  if (type == "application/x-cenc") {
    const auto* original =
        gst_structure_get_string(gst_caps_get_structure(caps, 0), "original-media-type");
    const std::string_view hidden = original != nullptr ? original : "video/";
    return hidden.starts_with("audio/") ? stream_kind::audio : stream_kind::video;
  }
  return stream_kind::other;
}

std::string container_name(const std::string& file_type) {
  const owned<GstCaps> caps{gst_caps_from_string(file_type.c_str())};
  if (!caps || gst_caps_is_empty(caps.get()))
    return {};
  const row* found = nullptr; // by what is said, not by what is left open
  for (const auto& one : file_types) {
    const owned<GstCaps> pattern{gst_caps_from_string(one.caps)};
    if (found == nullptr && gst_caps_is_subset(caps.get(), pattern.get()))
      found = &one;
  }
  return found != nullptr ? found->first : std::string{media_type(caps.get())};
}

std::string codec_name(const GstCaps* caps) {
  const auto* found = find(codecs, caps);
  return found != nullptr ? found->first : std::string{media_type(caps)};
}

owned<GstCaps> in_known_words(GstCaps* caps) {
  const auto* known = find(renamed, caps);
  if (known == nullptr)
    return owned<GstCaps>{gst_caps_ref(caps)};
  owned<GstCaps> out{gst_caps_copy(caps)};
  gst_structure_set_name(gst_caps_get_structure(out.get(), 0), known->first);
  return out;
}

std::string reason_to_refuse(const GstCaps* caps, std::string& name) {
  const auto* known = find(fourccs, caps);
  const auto type = media_type(caps);
  if (known != nullptr) {
    name = known->first;
  } else {
    const owned<char> described{gst_pb_utils_get_codec_description(caps)};
    name = described ? described.get() : std::string{type};
    constexpr std::string_view unnamed = "/x-gst-fourcc-"; // of QuickTime: four letters, no more
    if (const auto at = type.find(unnamed); at != std::string_view::npos)
      name = std::string{type.substr(0, at)} + " of the kind \"" +
             std::string{type.substr(at + unnamed.size())} + '"';
  }
  if (known == nullptr && (type.ends_with("/x-raw") || some_decoder_takes(caps)))
    return {};
  if (name.starts_with("encrypted"))
    return "it is encrypted";
  return "no decoder for it is installed";
}

} // namespace vdoc::gst
