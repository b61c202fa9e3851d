#pragma once

#include "pipelines/probe/source_probe.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace vdoc::gst {

/// What the boxes of an ISO base media file (ISO/IEC 14496-12) say and GStreamer does not pass on.
struct movie_track {
  bool has_turn = false;
  probe::orientation turn;        ///< of the matrix (6.2.2): all eight
  std::string sample_entry;       ///< "avc1", "hvc1", "dvh1", ...
  int dolby_vision_profile = -1;  ///< of the dvcC or dvvC box; -1 when there is none
  bool enhancement_layer = false; ///< depends on another video track (`vdep`)
  /// A Dolby Vision enhancement layer lies in this track, with its base layer or alone.
  bool carries_enhancement = false;
  bool full_range = false; ///< of the colr box (12.1.5)
  bool has_edits = false;  ///< without them, no picture of the track is cut off
};

/// The top-level boxes, and the tracks by their id.
struct movie_boxes {
  bool looks_like_boxes = false;
  bool has_movie = false;
  bool cut_short = false; ///< a box says that it is longer than the file
  std::map<std::uint32_t, movie_track> tracks;
};

/// Reads headers only, a bounded number of them. Never fails: another kind of file has no boxes.
movie_boxes read_movie_boxes(const std::filesystem::path& source);

/// The track that GStreamer's demuxer calls `stream_id`; null when the boxes do not have it.
const movie_track* find_track(const movie_boxes& boxes, const std::string& stream_id);

/// The matrix [a b; c d] in 16.16 as orientation; false when it is none of the eight.
bool orientation_of_matrix(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d,
                           probe::orientation& out);

} // namespace vdoc::gst
