#pragma once

#include "actors/wire/octets.hpp"
#include "pipelines/fault.hpp"
#include "pipelines/fragment/fragment.hpp"
#include "pipelines/gst/audio_encoder.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/transcoder.hpp"
#include "pipelines/ladder/ladder.hpp"
#include "pipelines/probe/source_probe.hpp"

/// How the values of pipelines/ travel in messages. CAF finds these by argument-dependent lookup;
/// the order of the fields is the wire format.
namespace vdoc {

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, fault& x) {
  return f(x.whose, x.what, x.advice, x.where);
}

namespace fragment {
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, fragment& x) {
  return f(x.index, x.run, x.run_bytes, x.run_ends, x.skip, x.begin, x.end, x.frames, x.hash);
}
} // namespace fragment

namespace ladder {
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, rendition& x) {
  return f(x.name, x.width_px, x.height_px, x.max_bitrate_kbps, x.buffer_kbit, x.copied);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, copy_evidence& x) {
  return f(x.h264_high_or_lower, x.yuv420_8bit_progressive, x.closed_gop, x.longest_key_distance_s,
           x.bitrate_bps);
}
} // namespace ladder

namespace probe {
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, orientation& x) {
  return f(x.mirrored, x.clockwise_degrees);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, color_description& x) {
  return f(x.colorimetry, x.primaries, x.transfer, x.matrix, x.full_range, x.hdr);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, video_stream& x) {
  return f(x.codec, x.codec_name, x.caps, x.coded_width_px, x.coded_height_px, x.display_width_px,
           x.display_height_px, x.fps_numerator, x.fps_denominator, x.bit_depth, x.chroma,
           x.interlaced, x.alpha, x.turn, x.aspect_numerator, x.aspect_denominator, x.color,
           x.bitrate_bps);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_stream& x) {
  return f(x.codec, x.caps, x.channels, x.rate_hz, x.language, x.title, x.is_default);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subtitle_stream& x) {
  return f(x.codec, x.is_text, x.language, x.title);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, chapter& x) {
  return f(x.begin, x.end, x.title);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refused_stream& x) {
  return f(x.what, x.why);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, source_probe& x) {
  return f(x.container, x.duration, x.bytes, x.title, x.video, x.audio, x.subtitles, x.chapters,
           x.refused, x.warnings);
}
} // namespace probe

namespace gst {
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_chunk& x) {
  return f(x.track, x.index, x.file, x.begin, x.end, x.last);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, timed_text& x) {
  return f(x.track, x.begin, x.end, x.text);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, demux_summary& x) {
  return f(x.duration, x.video_end, x.access_units, x.warnings);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, encode_options& x) {
  return f(x.preset, x.crf);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, picture& x) {
  return f(x.pts, x.hash, x.luma, x.jpeg);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, encoded_rendition& x) {
  auto config = as_text(x.codec_config);
  return f(x.name, x.file, x.frames, x.bytes, config, x.colorimetry,
           taken_from(config, x.codec_config));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, damage& x) {
  return f(x.pictures, x.first, x.last);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcode_result& x) {
  return f(x.renditions, x.pictures, x.frames_decoded, x.lost, x.concealed, x.cpu, x.wall,
           x.overhead);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_segment& x) {
  auto config = as_text(x.codec_config);
  return f(x.track, x.index, x.file, x.begin, x.end, x.bytes, x.frames, config, x.channels,
           x.rate_hz, taken_from(config, x.codec_config));
}
} // namespace gst

} // namespace vdoc
