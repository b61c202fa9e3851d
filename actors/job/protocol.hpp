#pragma once

#include "actors/demux/protocol.hpp"
#include "actors/dispatch/protocol.hpp"
#include "actors/transcode/audio_protocol.hpp"

namespace vdoc::job {

/// How far a job is. Times are media time unless they say otherwise.
struct progress {
  std::string name;
  std::string stage; ///< in words: "transcoding"
  std::uint64_t frames_done = 0;
  std::uint64_t frames_total = 0; ///< 0: not known
  std::int64_t media_done_ns = 0;
  std::int64_t media_total_ns = 0; ///< 0: not known
  std::uint32_t restarts = 0;      ///< pieces of work that had to be done again
  std::uint32_t warnings = 0;
  std::int64_t wall_ns = 0; ///< since the job began
};

/// A segment that can be played: a playlist on the disk names it.
struct listed_segment {
  std::string track; ///< "720p", "audio0"
  std::uint32_t number = 0;
  std::int64_t duration_ns = 0;
  std::string uri; ///< relative to the job's folder
};
/// Segments that have become playable, each after those before it. A job that is resumed names the
/// last one of each track again.
struct playable {
  std::string name;
  std::vector<listed_segment> segments;
};

/// How a job ended.
struct ended {
  std::string name;
  std::string state; ///< "succeeded", "failed", "interrupted"
  fault why;         ///< of a failure
  std::vector<std::string> warnings;
  std::string folder;           ///< of its results
  std::string reused_from = {}; ///< id of the job that has made them, if this one has not
};

/// Who watches a job: JOBS, or QUEUE.
using watcher =
    caf::typed_actor<caf::reacts_to<progress>, caf::reacts_to<playable>, caf::reacts_to<ended>>;

/// Stop where you are and leave a state to go on from.
struct interrupt {};

/// What it asks for from now on goes by another priority.
struct reprioritise {
  std::int32_t priority = 0;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, progress& x) {
  return f(x.name, x.stage, x.frames_done, x.frames_total, x.media_done_ns, x.media_total_ns,
           x.restarts, x.warnings, x.wall_ns);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listed_segment& x) {
  return f(x.track, x.number, x.duration_ns, x.uri);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, playable& x) {
  return f(x.name, x.segments);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, ended& x) {
  return f(x.name, x.state, x.why, x.warnings, x.folder, x.reused_from);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, interrupt& /*x*/) {
  return f();
}

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, reprioritise& x) {
  return f(x.priority);
}

/// JOB: one input, from its source to its results. It hands work to the stages of whichever media
/// hosts have a free slot, remembers what is done in the job's manifest, and publishes.
using actor = dispatch::client::extend_with<demux::reader>::extend_with<
    transcode::audio_reader>::extend<caf::reacts_to<interrupt>, caf::reacts_to<reprioritise>>;

} // namespace vdoc::job
