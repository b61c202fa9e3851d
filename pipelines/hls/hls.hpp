#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vdoc::hls {

using bytes = std::vector<std::uint8_t>;
using fragment::access_unit;
using fragment::timestamp;

/// Everything about one track that all of its segments share. Times are converted to ticks by
/// rounding to nearest, always from the timeline's zero, so that joins never drift.
struct track {
  enum class kind { h264, aac };
  kind what = kind::h264;
  std::uint32_t timescale = 90'000; ///< ticks per second; audio: the sample rate
  bytes codec_config;               ///< avcC (ISO 14496-15) or AudioSpecificConfig (ISO 14496-3)
  int width_px = 0, height_px = 0;
  int channels = 0, rate_hz = 0;
  std::string language;    ///< BCP 47, "" unknown
  std::string colorimetry; ///< GStreamer's name, for the `colr` box; "" writes none
  /// Samples at the start of the audio stream that decode to the encoder's priming, to be cut by
  /// an edit list (AAC: 1024 for avenc_aac). 0 for video.
  std::uint32_t priming_samples = 0;
  /// How much earlier than shown pictures are decoded, the same for the whole track. Unset: what
  /// the sequence parameter set asks for (see delay_of). Where a fragment would need more (B-frames
  /// at times far apart), its decode times move closer together instead; pts never change. It is no
  /// delay to the viewer: an edit list (fMP4) or the decode times (TS) take it back.
  std::optional<timestamp> reorder_delay;
};

/// A timescale in which the frame rate is exact: 30000/1001 -> 30000, 25 -> 12800 (the numerator,
/// doubled until a tick is under 0.1 ms); 90000 when it is unknown or would need over a million.
std::uint32_t timescale_for(int fps_numerator, int fps_denominator);

/// `reorder_delay`, or as many picture durations as `codec_config` says pictures may move, at most
/// 0.5 s; 0.2 s when it does not say. 0 for sound. As small as can be, because players that look at
/// composition offsets but not at edit lists (hls.js) are wrong by it in their bookkeeping.
timestamp delay_of(const track& what);

/// ftyp + moov for CMAF (ISO 23000-19): no samples, `mvex`, and an edit list that takes back the
/// priming of sound and the reorder delay of pictures.
bytes cmaf_init(const track& what);

/// styp + moof + mdat, one moof. Pure: depends on nothing but its arguments. Units in decode order.
///
/// Decode times are the sorted presentation times, so tfdt is the first picture's time in ticks
/// (sound: its time plus the priming) and a segment needs nothing of its neighbours. Composition
/// offsets are relative to the edit list and therefore never negative (trun version 0): Chromium
/// would take signed ones, but libavformat moves the whole track by the most negative one it has
/// seen so far. `end` is the begin of what follows: the last sample's duration. `sequence` is
/// mfhd's, from 1. Throws std::invalid_argument without units.
bytes cmaf_segment(const track& what, std::span<const access_unit> units, timestamp end,
                   std::uint32_t sequence);

/// Continuity counters (ISO 13818-1 2.4.3.3) that the next packet of each kind gets.
struct continuity {
  std::uint8_t pat = 0, pmt = 0, stream = 0;
  friend bool operator==(const continuity&, const continuity&) = default;
};
/// Presentation time 0 in a transport stream, 90 kHz: 10 s, so that what comes before it (priming,
/// decode times, the clock) stays positive.
inline constexpr std::int64_t transport_zero = 900'000;

/// MPEG-TS (ISO 13818-1), one programme with this one elementary stream, one PES packet a unit.
/// Counters go on from `counters`, which are moved on, so that segments can be made one by one.
/// Video becomes a byte stream (annex B) with an access unit delimiter before each picture and
/// parameter sets before each key frame; AAC gets ADTS. A picture is decoded at its place among the
/// sorted presentation times, minus `delay_of`; the clock runs half a second ahead of that.
/// Sound starts at its priming (there are no edit lists). `end` is of no use here: a transport
/// stream has no durations. Throws std::invalid_argument without units, std::runtime_error when the
/// configuration or a unit is damaged; `counters` are then as before.
bytes ts_segment(const track& what, std::span<const access_unit> units, timestamp end,
                 continuity& counters);

/// RFC 6381: "avc1.640028", "mp4a.40.2". Throws std::runtime_error when the configuration is
/// damaged.
std::string codec_string(const track& what);

/// A segment as the playlist shows it.
struct segment {
  std::string uri;
  timestamp duration{0};
  std::uint64_t bytes = 0;
  friend bool operator==(const segment&, const segment&) = default;
};

struct media_playlist {
  std::string init_uri; ///< "" for TS and WebVTT
  timestamp longest{0}; ///< promised upper bound, for TARGETDURATION while growing
  bool ended = false;   ///< VOD with ENDLIST, else EVENT
  std::vector<segment> segments;
};
/// RFC 8216bis (draft-pantos-hls-rfc8216bis). TARGETDURATION is the longest segment's rounded
/// duration, and while the playlist grows at least `longest`, rounded: it must not change then.
std::string write(const media_playlist& playlist);

struct variant {
  std::string uri;
  std::string video_codec; ///< "" for sound alone
  int width_px = 0, height_px = 0;
  double frame_rate = 0;     ///< frames made / duration made; 0 leaves it out
  std::int64_t peak_bps = 0; ///< highest segment bit rate, audio of the group included
  std::int64_t average_bps = 0;
  std::string video_range; ///< "SDR", "HLG", "PQ"
};
struct audio_rendition {
  std::string uri, name, language, codec;
  int channels = 2;
  bool is_default = false;
  std::int64_t peak_bps = 0, average_bps = 0;
};
struct subtitle_rendition {
  std::string uri, name, language;
  bool is_default = false;
  bool forced = false;
};
struct master_playlist {
  std::vector<variant> variants;
  std::vector<audio_rendition> audio;
  std::vector<subtitle_rendition> subtitles;
};
/// One audio and one subtitle group, that all variants refer to. Names that come twice get a
/// number, the first default of a group stays the only one. With sound alone, the default rendition
/// is listed as the one variant and the others through the group, so that no player changes the
/// language for bandwidth. Strings and URIs are made safe.
std::string write(const master_playlist& playlist);

/// BANDWIDTH and AVERAGE-BANDWIDTH (RFC 8216 4.3.4.2) of segments that were made. The peak is the
/// highest rate of any neighbours that together last half to one and a half target durations.
std::int64_t peak_bps(std::span<const segment> segments);
std::int64_t average_bps(std::span<const segment> segments);

} // namespace vdoc::hls
