#pragma once

#include "actors/wire/pipelines.hpp"

#include <caf/typed_actor.hpp>

namespace vdoc::demux {

/// Which run of a stage a report belongs to: a report of an earlier attempt is ignored.
struct ticket {
  std::string task;
  std::uint32_t attempt = 0;
  friend bool operator==(const ticket&, const ticket&) = default;
};

/// A fragment lies ready in its run file.
struct fragment_cut {
  ticket from;
  fragment::fragment piece;
};
/// Compressed audio lies ready in its file.
struct audio_cut {
  ticket from;
  gst::audio_chunk chunk;
};
/// A line of a subtitle track.
struct text_read {
  ticket from;
  gst::timed_text text;
};
/// The source has been read to its end.
struct ended {
  ticket from;
  gst::demux_summary summary;
};
/// The source cannot be read on.
struct failed {
  ticket from;
  fault why;
};

/// Who is told what DEMUX finds: the JOB.
using reader =
    caf::typed_actor<caf::reacts_to<fragment_cut>, caf::reacts_to<audio_cut>,
                     caf::reacts_to<text_read>, caf::reacts_to<ended>, caf::reacts_to<failed>>;

/// Starts reading a source.
struct read_source {
  ticket run;
  std::string source;
  std::string work;
  probe::source_probe probe;
  bool video = true;
  std::vector<std::uint32_t> audio_tracks;
  std::vector<std::uint32_t> subtitle_tracks;
  std::uint32_t segment_ms = 4000;
  bool cut_only_at_idr = false;
  std::uint32_t first_wanted = 0;
  std::uint32_t credit = 8; ///< fragments that may be cut before any `grant`
  std::uint32_t stall_s = 10;
  reader to;
};
/// The graph that runs, for people.
struct reading {
  std::string launch_line;
};
/// So many more fragments may be cut.
struct grant {
  ticket run;
  std::uint32_t fragments = 1;
};
/// Nobody wants the rest.
struct stop {
  ticket run;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, ticket& x) {
  return f(x.task, x.attempt);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, fragment_cut& x) {
  return f(x.from, x.piece);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_cut& x) {
  return f(x.from, x.chunk);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, text_read& x) {
  return f(x.from, x.text);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, ended& x) {
  return f(x.from, x.summary);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, failed& x) {
  return f(x.from, x.why);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, read_source& x) {
  return f(x.run, x.source, x.work, x.probe, x.video, x.audio_tracks, x.subtitle_tracks,
           x.segment_ms, x.cut_only_at_idr, x.first_wanted, x.credit, x.stall_s, x.to);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, reading& x) {
  return f(x.launch_line);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, grant& x) {
  return f(x.run, x.fragments);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stop& x) {
  return f(x.run);
}

/// DEMUX: reads sources once, start to end, and cuts them into fragments, under credit. Several
/// sources at a time; their streaming threads are GStreamer's.
using actor = caf::typed_actor<
    // Replies once the graph runs; everything else goes to `to`.
    caf::replies_to<read_source>::with<reading>,
    // Ignored when that run is over.
    caf::reacts_to<grant>, caf::reacts_to<stop>>;

} // namespace vdoc::demux
