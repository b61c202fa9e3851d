#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::probe {

/// How the stored picture has to be turned to be upright: mirrored first (left to right), then
/// turned clockwise. The eight values of EXIF and of the MP4 matrix.
struct orientation {
  bool mirrored = false;
  int clockwise_degrees = 0; ///< 0, 90, 180, 270
  friend bool operator==(const orientation&, const orientation&) = default;
};

/// Colour as GStreamer names it ("bt709", "bt2020-hlg", "1:4:0:0"); empty when the source is
/// silent.
struct color_description {
  std::string colorimetry;
  std::string primaries; ///< "bt709", "bt2020", ...; empty when unknown
  std::string
      transfer; ///< "bt709", "arib-std-b67" (HLG), "smpte2084" (PQ), ...; empty when unknown
  std::string matrix;
  bool full_range = false;
  bool hdr = false; ///< transfer is HLG or PQ
  friend bool operator==(const color_description&, const color_description&) = default;
};

struct video_stream {
  std::string codec;      ///< "h264", "hevc", "vp8", "vp9", "av1", "mpeg2", "mpeg4", ...
  std::string codec_name; ///< for people: "H.264 (High Profile)"
  std::string caps;       ///< of the parsed stream
  int coded_width_px = 0; ///< as stored, before orientation and pixel aspect
  int coded_height_px = 0;
  int display_width_px = 0; ///< upright, square pixels; not forced even
  int display_height_px = 0;
  int fps_numerator = 0; ///< 0: unknown or variable
  int fps_denominator = 1;
  int bit_depth = 8;
  std::string chroma; ///< "4:2:0", "4:2:2", "4:4:4", "" unknown
  bool interlaced = false;
  bool alpha = false;
  orientation turn;
  int aspect_numerator = 1; ///< of a pixel
  int aspect_denominator = 1;
  color_description color;
  std::int64_t bitrate_bps = 0; ///< 0 unknown
  friend bool operator==(const video_stream&, const video_stream&) = default;
};

struct audio_stream {
  std::string codec; ///< "aac", "mp3", "opus", ...
  std::string caps;
  int channels = 0;
  int rate_hz = 0;
  std::string language; ///< BCP 47 where the source says one ("en", "de"), else empty
  std::string title;
  bool is_default = false;
  friend bool operator==(const audio_stream&, const audio_stream&) = default;
};

struct subtitle_stream {
  std::string codec; ///< "srt", "ssa", "mov_text", "webvtt", "pgs", ...
  bool is_text = true;
  std::string language;
  std::string title;
  friend bool operator==(const subtitle_stream&, const subtitle_stream&) = default;
};

struct chapter {
  std::chrono::nanoseconds begin{0};
  std::chrono::nanoseconds end{0};
  std::string title;
  friend bool operator==(const chapter&, const chapter&) = default;
};

/// A stream that this platform has no decoder for, or that is switched off by a limit.
struct refused_stream {
  std::string what; ///< "VVC (H.266) video", "Dolby Vision enhancement layer"
  std::string why;
  friend bool operator==(const refused_stream&, const refused_stream&) = default;
};

/// What a source is, found without decoding pictures. Index in a vector is the track number that
/// other messages use.
struct source_probe {
  std::string container;                ///< "mp4", "matroska", "webm", "mpegts", ...
  std::chrono::nanoseconds duration{0}; ///< 0 unknown
  std::uint64_t bytes = 0;
  std::string title;
  std::vector<video_stream> video; ///< the first is the one that is worked on
  std::vector<audio_stream> audio;
  std::vector<subtitle_stream> subtitles;
  std::vector<chapter> chapters;
  std::vector<refused_stream> refused;
  std::vector<std::string> warnings;
  friend bool operator==(const source_probe&, const source_probe&) = default;
};

void to_json(nlohmann::json& out, const source_probe& probe);
void from_json(const nlohmann::json& in, source_probe& probe);

/// An audio codec as people write it: "AAC" for "aac", "E-AC-3" for "eac3"; what is not known, as
/// it is.
std::string audio_codec_name(std::string_view codec);

} // namespace vdoc::probe
