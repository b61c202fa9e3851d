#include "pipelines/gst/stream_facts.hpp"

#include "pipelines/gst/source_formats.hpp"
#include "pipelines/probe/language.hpp"

#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

namespace vdoc::gst {

namespace {

const GstStructure* fields(const source_stream& stream) {
  const auto* caps = stream.caps ? stream.caps.get() : stream.offered.get();
  return gst_caps_get_structure(caps, 0);
}

std::string field(const GstStructure* from, const char* name) {
  const auto* text = gst_structure_get_string(from, name);
  return text != nullptr ? text : "";
}

int number(const GstStructure* from, const char* name, int otherwise = 0) {
  gst_structure_get_int(from, name, &otherwise);
  return otherwise;
}

/// Parsers say the bits of luma and the chroma format; else the profile gives them away.
void read_depth(const GstStructure* format, probe::video_stream& out) {
  const auto profile = field(format, "profile");
  guint depth = 0;
  if (gst_structure_get_uint(format, "bit-depth-luma", &depth) && depth > 0)
    out.bit_depth = static_cast<int>(depth);
  else if (profile.find("10") != std::string::npos || (out.codec == "vp9" && profile == "2"))
    out.bit_depth = 10;
  else if (profile.find("12") != std::string::npos)
    out.bit_depth = 12;
  const auto chroma = field(format, "chroma-format");
  if (chroma.size() == 5)
    out.chroma = chroma;
  else
    out.chroma = out.codec == "vp8" || out.codec == "theora" || out.codec.starts_with("mpeg") ||
                         out.codec.starts_with("h26") || out.codec == "flv1"
                     ? "4:2:0"
                     : "";
}

/// Lines stay, columns are stretched or squeezed to square pixels; then turned upright.
void read_display_size(probe::video_stream& out) {
  const auto width =
      static_cast<double>(out.coded_width_px) * out.aspect_numerator / out.aspect_denominator;
  out.display_width_px = static_cast<int>(std::lround(width));
  out.display_height_px = out.coded_height_px;
  if (out.turn.clockwise_degrees % 180 != 0)
    std::swap(out.display_width_px, out.display_height_px);
}

void read_rates(const GstStructure* format, const GstTagList* tags, probe::video_stream& out) {
  int numerator = 0;
  int denominator = 1;
  if (gst_structure_get_fraction(format, "framerate", &numerator, &denominator) && numerator > 0) {
    out.fps_numerator = numerator;
    out.fps_denominator = denominator;
  }
  guint bitrate = 0;
  if (tags != nullptr && (gst_tag_list_get_uint(tags, GST_TAG_BITRATE, &bitrate) ||
                          gst_tag_list_get_uint(tags, GST_TAG_NOMINAL_BITRATE, &bitrate)))
    out.bitrate_bps = bitrate;
}

std::string readable_name(const GstCaps* caps, const GstStructure* format) {
  const owned<char> described{gst_pb_utils_get_codec_description(caps)};
  std::string name = described ? described.get() : gst_structure_get_name(format);
  return name;
}

std::string transfer_name(GstVideoTransferFunction transfer) {
  switch (transfer) {
  case GST_VIDEO_TRANSFER_BT709:
    return "bt709";
  case GST_VIDEO_TRANSFER_BT601:
    return "smpte170m";
  case GST_VIDEO_TRANSFER_SMPTE2084:
    return "smpte2084";
  case GST_VIDEO_TRANSFER_ARIB_STD_B67:
    return "arib-std-b67";
  case GST_VIDEO_TRANSFER_BT2020_10:
    return "bt2020-10";
  case GST_VIDEO_TRANSFER_BT2020_12:
    return "bt2020-12";
  case GST_VIDEO_TRANSFER_SRGB:
    return "iec61966-2-1";
  case GST_VIDEO_TRANSFER_SMPTE240M:
    return "smpte240m";
  case GST_VIDEO_TRANSFER_GAMMA22:
    return "bt470m";
  case GST_VIDEO_TRANSFER_GAMMA28:
    return "bt470bg";
  case GST_VIDEO_TRANSFER_GAMMA10:
    return "linear";
  default:
    return "";
  }
}

std::string primaries_name(GstVideoColorPrimaries primaries) {
  switch (primaries) {
  case GST_VIDEO_COLOR_PRIMARIES_BT709:
    return "bt709";
  case GST_VIDEO_COLOR_PRIMARIES_BT470M:
    return "bt470m";
  case GST_VIDEO_COLOR_PRIMARIES_BT470BG:
    return "bt470bg";
  case GST_VIDEO_COLOR_PRIMARIES_SMPTE170M:
    return "smpte170m";
  case GST_VIDEO_COLOR_PRIMARIES_SMPTE240M:
    return "smpte240m";
  case GST_VIDEO_COLOR_PRIMARIES_BT2020:
    return "bt2020";
  case GST_VIDEO_COLOR_PRIMARIES_SMPTERP431:
    return "smpte431";
  case GST_VIDEO_COLOR_PRIMARIES_SMPTEEG432:
    return "smpte432";
  default:
    return "";
  }
}

std::string matrix_name(GstVideoColorMatrix matrix) {
  switch (matrix) {
  case GST_VIDEO_COLOR_MATRIX_RGB:
    return "gbr";
  case GST_VIDEO_COLOR_MATRIX_FCC:
    return "fcc";
  case GST_VIDEO_COLOR_MATRIX_BT709:
    return "bt709";
  case GST_VIDEO_COLOR_MATRIX_BT601:
    return "smpte170m";
  case GST_VIDEO_COLOR_MATRIX_SMPTE240M:
    return "smpte240m";
  case GST_VIDEO_COLOR_MATRIX_BT2020:
    return "bt2020nc";
  default:
    return "";
  }
}

void add_chapters(const GList* entries, std::vector<probe::chapter>& out) {
  for (const auto* at = entries; at != nullptr; at = at->next) {
    auto* entry = static_cast<GstTocEntry*>(at->data);
    if (gst_toc_entry_get_entry_type(entry) == GST_TOC_ENTRY_TYPE_CHAPTER) {
      gint64 begin = 0;
      gint64 end = -1;
      gst_toc_entry_get_start_stop_times(entry, &begin, &end);
      out.push_back({std::chrono::nanoseconds{begin}, std::chrono::nanoseconds{end},
                     text_of(gst_toc_entry_get_tags(entry), GST_TAG_TITLE)});
    } else {
      add_chapters(gst_toc_entry_get_sub_entries(entry), out);
    }
  }
}

} // namespace

std::string text_of(const GstTagList* tags, const char* which) {
  char* text = nullptr;
  if (tags == nullptr || !gst_tag_list_get_string(tags, which, &text))
    return {};
  const owned<char> kept{text};
  return kept.get();
}

probe::orientation orientation_of(const GstTagList* tags) {
  const auto said = text_of(tags, GST_TAG_IMAGE_ORIENTATION);
  const std::string_view turn = said;
  probe::orientation out;
  out.mirrored = turn.starts_with("flip-");
  const auto at = turn.rfind('-');
  if (at != std::string_view::npos)
    out.clockwise_degrees = std::atoi(said.c_str() + at + 1) % 360;
  return out;
}

probe::color_description color_of(const std::string& colorimetry) {
  probe::color_description out;
  GstVideoColorimetry color{};
  if (colorimetry.empty() || !gst_video_colorimetry_from_string(&color, colorimetry.c_str()))
    return out;
  out.colorimetry = colorimetry;
  out.primaries = primaries_name(color.primaries);
  out.transfer = transfer_name(color.transfer);
  out.matrix = matrix_name(color.matrix);
  out.full_range = color.range == GST_VIDEO_COLOR_RANGE_0_255;
  out.hdr = color.transfer == GST_VIDEO_TRANSFER_SMPTE2084 ||
            color.transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67;
  return out;
}

probe::video_stream video_facts(const source_stream& stream) {
  const auto* caps = stream.caps ? stream.caps.get() : stream.offered.get();
  const auto* format = fields(stream);
  probe::video_stream out;
  out.codec = codec_name(caps);
  out.codec_name = readable_name(caps, format);
  out.coded_width_px = number(format, "width");
  out.coded_height_px = number(format, "height");
  int numerator = 1;
  int denominator = 1;
  if (gst_structure_get_fraction(format, "pixel-aspect-ratio", &numerator, &denominator) &&
      numerator > 0 && denominator > 0) {
    const auto divisor = std::gcd(numerator, denominator);
    out.aspect_numerator = numerator / divisor;
    out.aspect_denominator = denominator / divisor;
  }
  const auto interlacing = field(format, "interlace-mode");
  const auto structure = field(format, "coded-picture-structure"); // H.264 may say only this
  out.interlaced = (!interlacing.empty() && interlacing != "progressive") ||
                   (interlacing.empty() && !structure.empty() && structure != "frame");
  gboolean alpha = FALSE;
  out.alpha = gst_structure_get_boolean(format, "codec-alpha", &alpha) && alpha != FALSE;
  gst_structure_get_boolean(gst_caps_get_structure(stream.offered.get(), 0), "codec-alpha", &alpha);
  out.alpha = out.alpha || alpha != FALSE;
  out.turn = orientation_of(stream.tags);
  out.color = color_of(field(format, "colorimetry"));
  read_depth(format, out);
  read_rates(format, stream.tags, out);
  read_display_size(out);
  const owned<char> text{gst_caps_to_string(caps)};
  out.caps = text.get();
  return out;
}

probe::audio_stream audio_facts(const source_stream& stream) {
  const auto* caps = stream.caps ? stream.caps.get() : stream.offered.get();
  const auto* format = fields(stream);
  probe::audio_stream out;
  out.codec = codec_name(caps);
  out.channels = number(format, "channels");
  out.rate_hz = number(format, "rate");
  out.language = probe::language(text_of(stream.tags, GST_TAG_LANGUAGE_CODE));
  out.title = text_of(stream.tags, GST_TAG_TITLE);
  out.is_default = stream.preferred;
  const owned<char> text{gst_caps_to_string(caps)};
  out.caps = text.get();
  return out;
}

probe::subtitle_stream subtitle_facts(const source_stream& stream) {
  probe::subtitle_stream out;
  out.codec = codec_name(stream.offered.get());
  out.is_text = stream.kind == stream_kind::text;
  out.language = probe::language(text_of(stream.tags, GST_TAG_LANGUAGE_CODE));
  out.title = text_of(stream.tags, GST_TAG_TITLE);
  return out;
}

std::vector<probe::chapter> chapters_of(GstToc* contents) {
  std::vector<probe::chapter> out;
  if (contents != nullptr)
    add_chapters(gst_toc_get_entries(contents), out);
  return out;
}

void close_chapters(std::vector<probe::chapter>& all, fragment::timestamp end) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].end <= all[i].begin)
      all[i].end = std::max(all[i].begin, i + 1 < all.size() ? all[i + 1].begin : end);
}

} // namespace vdoc::gst
