#pragma once

#include "test/support/playlists_seen.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::test {

/// A sample as the segments hold it; ticks of `track_seen::timescale`, edit list applied.
struct timed_sample {
  std::int64_t pts = 0, dts = 0;
  bool idr = false;            ///< video: an IDR picture; audio: always
  bool marked_sync = false;    ///< what the container says of it
  bool parameter_sets = false; ///< SPS and PPS lie in it, or in the track's configuration
};

struct segment_seen {
  std::filesystem::path file;
  double listed_seconds = 0; ///< EXTINF
  std::uint64_t bytes = 0;
  std::vector<timed_sample> samples;
  /// fMP4: tfdt, and the decode time after the last sample. TS: -1.
  std::int64_t decode_begin = -1, decode_end = -1;
  std::vector<std::uint32_t> sequences; ///< mfhd of each moof
  bool begins_with_tables = true;       ///< TS: PAT and PMT come first

  [[nodiscard]] std::int64_t first_pts() const;
};

/// One media playlist and all that it names.
struct track_seen {
  std::string name; ///< the playlist's URI, for messages
  bool video = false;
  bool transport = false; ///< MPEG-TS, else fMP4
  std::uint32_t timescale = 90'000;
  std::int64_t zero = 0; ///< tick that shows the job's zero: 900000 in TS
  std::string codec;     ///< RFC 6381, from the parameter sets
  bool parameter_sets_known = true;
  media_playlist_seen playlist;
  std::vector<segment_seen> segments;
  std::vector<std::string> counter_breaks; ///< TS
  std::string input;                       ///< the whole track as ffmpeg's "concat:..."

  [[nodiscard]] double seconds_at(std::int64_t tick) const;
};

/// DIR/<name>/ as found through its master playlist.
struct package_seen {
  std::filesystem::path folder;
  master_playlist_seen master;
  struct rendition {
    variant_seen listed;
    track_seen track;
  };
  struct sound {
    attributes listed;
    track_seen track;
  };
  std::vector<rendition> video; ///< variants with RESOLUTION
  std::vector<sound> audio;     ///< EXT-X-MEDIA audio, and variants that are audio only
};

/// Throws std::runtime_error that names the file when a playlist or segment cannot be read.
package_seen read_package(const std::filesystem::path& folder);

/// Presentation time 0 in transport streams of ours: 10 s.
inline constexpr std::int64_t transport_zero = 900'000;

} // namespace vdoc::test
