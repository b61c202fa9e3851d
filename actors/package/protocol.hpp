#pragma once

#include "actors/wire/octets.hpp"
#include "actors/wire/pipelines.hpp"

#include <caf/typed_actor.hpp>

namespace vdoc::package {

/// What all segments of one track share; see hls::track.
struct track {
  std::string name;   ///< "720p", "audio0"
  std::string folder; ///< of its segments, absolute
  bool video = true;
  bool transport_stream = false; ///< TS instead of fMP4
  std::uint32_t timescale = 90'000;
  std::vector<std::uint8_t> codec_config;
  int width_px = 0, height_px = 0;
  int channels = 0, rate_hz = 0;
  std::string language;
  std::string colorimetry;
};

/// Continuity counters of a TS track at some position.
struct counters {
  std::uint8_t pat = 0, pmt = 0, stream = 0;
};

/// One segment out of one encoded fragment. Index 0 of a track also writes the initialisation
/// segment.
struct segment_order {
  track what;
  std::string encoded; ///< file of access units, absolute
  std::uint32_t index = 0;
  fragment::timestamp begin{0}, end{0};
  counters before;
};
/// What one segment became.
struct segment_made {
  std::string track;
  std::string uri;      ///< relative to the track's folder
  std::string init_uri; ///< "" for TS
  std::string codec;    ///< RFC 6381
  std::uint64_t bytes = 0;
  counters after;
};

/// Asks for the segments of one fragment in several renditions, or for some of one audio track.
struct make_segments {
  std::vector<segment_order> orders;
};
struct segments_made {
  std::vector<segment_made> segments; ///< in the order of the orders
};

/// One track of a progressive file.
struct remux_track {
  track what;
  std::string folder; ///< of the files of access units 00000.au, 00001.au, ..., absolute
  std::uint32_t files = 0;
  fragment::timestamp end{0};
};
/// Asks for a progressive MP4 of tracks that are encoded already.
struct remux {
  std::string target;
  std::vector<remux_track> tracks;
};
struct remuxed {
  std::uint64_t bytes = 0;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, track& x) {
  auto config = as_text(x.codec_config);
  return f(x.name, x.folder, x.video, x.transport_stream, x.timescale, config, x.width_px,
           x.height_px, x.channels, x.rate_hz, x.language, x.colorimetry,
           taken_from(config, x.codec_config));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, counters& x) {
  return f(x.pat, x.pmt, x.stream);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, segment_order& x) {
  return f(x.what, x.encoded, x.index, x.begin, x.end, x.before);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, segment_made& x) {
  return f(x.track, x.uri, x.init_uri, x.codec, x.bytes, x.after);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, make_segments& x) {
  return f(x.orders);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, segments_made& x) {
  return f(x.segments);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, remux_track& x) {
  return f(x.what, x.folder, x.files, x.end);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, remux& x) {
  return f(x.target, x.tracks);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, remuxed& x) {
  return f(x.bytes);
}

/// PACKAGE: turns encoded fragments into segments, keeping nothing between two messages. Files are
/// written aside, synced and renamed before the reply. Blocks on its own thread.
using actor = caf::typed_actor<caf::replies_to<make_segments>::with<segments_made>,
                               caf::replies_to<remux>::with<remuxed>>;

} // namespace vdoc::package
