#pragma once

#include "actors/demux/protocol.hpp"

namespace vdoc::transcode {

using demux::ticket;

/// A segment of AAC lies ready.
struct audio_encoded {
  ticket from;
  gst::audio_segment segment;
};
/// Somebody speaks here: 16 kHz mono S16 samples lie ready in `file`.
struct utterance_cut {
  ticket from;
  std::uint32_t track = 0;
  std::uint32_t index = 0;
  std::string file; ///< relative to the work folder
  fragment::timestamp begin{0}, end{0};
};
/// The track is done.
struct audio_ended {
  ticket from;
  std::uint32_t track = 0;
  std::uint64_t samples = 0; ///< length on the timeline
  std::vector<std::string> warnings;
};
/// The track cannot be decoded on.
struct audio_failed {
  ticket from;
  std::uint32_t track = 0;
  fault why;
};

/// Who is told: the JOB.
using audio_reader = caf::typed_actor<caf::reacts_to<audio_encoded>, caf::reacts_to<utterance_cut>,
                                      caf::reacts_to<audio_ended>, caf::reacts_to<audio_failed>>;

/// Starts one audio track from its beginning.
struct begin_audio {
  ticket run;
  std::string work;
  std::uint32_t track = 0;
  probe::audio_stream source;
  bool encode = true;
  bool listen = false; ///< find utterances
  std::uint32_t segment_ms = 4000;
  std::uint32_t first_wanted = 0;           ///< segments below are there already
  std::uint32_t first_wanted_utterance = 0; ///< utterances below are there already
  audio_reader to;
};
/// The graph that runs, for people.
struct audio_running {
  std::string launch_line;
};
/// The next piece of the track, in order.
struct feed_audio {
  ticket run;
  gst::audio_chunk chunk;
};
/// Nobody wants the rest.
struct stop_audio {
  ticket run;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_encoded& x) {
  return f(x.from, x.segment);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, utterance_cut& x) {
  return f(x.from, x.track, x.index, x.file, x.begin, x.end);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_ended& x) {
  return f(x.from, x.track, x.samples, x.warnings);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_failed& x) {
  return f(x.from, x.track, x.why);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, begin_audio& x) {
  return f(x.run, x.work, x.track, x.source, x.encode, x.listen, x.segment_ms, x.first_wanted,
           x.first_wanted_utterance, x.to);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, audio_running& x) {
  return f(x.launch_line);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, feed_audio& x) {
  return f(x.run, x.chunk);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stop_audio& x) {
  return f(x.run);
}

/// AUDIO: decodes tracks, encodes each in one continuous run and finds the utterances in it. Blocks
/// on its own thread while it works on a chunk.
using audio_actor = caf::typed_actor<
    // Replies once the graph runs; everything else goes to `to`.
    caf::replies_to<begin_audio>::with<audio_running>,
    // Ignored when that run is over.
    caf::reacts_to<feed_audio>, caf::reacts_to<stop_audio>>;

} // namespace vdoc::transcode
