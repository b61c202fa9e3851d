#pragma once

#include "pipelines/hls/hls.hpp"

#include <filesystem>
#include <vector>

namespace vdoc::hls {

/// Where the access units of one encoded track lie.
struct remux_track {
  track what;
  /// Files of access units (see access_unit_writer), in order.
  std::vector<std::filesystem::path> encoded;
  timestamp end{0}; ///< of the last sample
};

/// Writes one progressive MP4 with the index in front ("faststart") and media interleaved by half
/// seconds, from encoded access units: a remux, no second encode. Edit lists take back the priming
/// of sound and the reordering of pictures and start each track where it starts on the timeline;
/// `reorder_delay` is not needed, as all pictures are known. Offsets have 64 bits where the file is
/// over 4 GiB. Reads the files twice; holds about 50 bytes a sample. Writes aside, syncs, renames.
/// Throws std::system_error (disk), and std::runtime_error when a file is not what it says or a
/// track is empty; then no file is left.
void write_progressive_mp4(const std::filesystem::path& target,
                           const std::vector<remux_track>& tracks);

} // namespace vdoc::hls
