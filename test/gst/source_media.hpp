#pragma once

#include "test/gst/transcode_media.hpp"
#include "test/support/box_edits.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::gst::test {

/// Demuxer and parser of H.264 in Matroska, for `parse`.
inline constexpr const char* avc =
    "matroskademux ! h264parse ! video/x-h264,stream-format=avc,alignment=au";

/// A source, its fragments, and a transcoder with a ladder for it.
struct with_source {
  vdoc::test::temp_folder work;
  transcode_request request;
  stream source;
  std::vector<fragment::fragment> pieces;
  std::filesystem::path file;
  const std::atomic<bool> no{false};

  with_source();

  /// Makes the source with ffmpeg's arguments, cuts it, and asks for one rung of its size.
  void make(const std::string& arguments, const std::string& container, const std::string& elements,
            int width_px, int height_px);
  void make_plain(int seconds = 2);

  /// Asks for these rungs, all of them.
  void ladder(std::vector<ladder::rendition> rungs);

  transcode_result run(transcoder& by, const fragment::fragment& piece);
  /// All fragments, each by a transcoder of its own: none profits from another.
  transcode_result run_all();

  /// A rendition as an elementary stream that ffmpeg reads.
  std::filesystem::path as_h264(const std::string& name, const transcode_result& result);

  /// Mean difference, picture by picture, at its worst.
  double worst_difference(const std::filesystem::path& made, const std::string& filter);
};

/// What ffprobe says of the first video stream, as one line.
std::string tell(const std::filesystem::path& made, const std::string& entries);

using vdoc::test::read_file;

} // namespace vdoc::gst::test
