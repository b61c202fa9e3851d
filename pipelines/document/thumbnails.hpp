#pragma once

#include "pipelines/document/source.hpp"

#include <span>

namespace vdoc::document {

struct thumbnail_limits {
  int tile_side_px = 160; ///< the longer side of a tile
  int columns = 10, rows = 10;
  std::size_t most_tiles = 400; ///< the interval grows with the length of the video
  int quality = 72;             ///< of the JPEG
};

/// The picture that stands for the whole: early, and with something to see. Index in `pictures`;
/// 0 when none is better than another.
std::size_t choose_poster(std::span<const picture> pictures, timestamp duration);

/// Writes poster.jpg, the sheets sprite-01.jpg, sprite-02.jpg, ... and thumbnails.vtt (one cue a
/// tile, "sprite-01.jpg#xywh=x,y,w,h") into `folder`, which appears whole or not at all. A picture
/// that cannot be read leaves its tile black. Memory: one sheet. The hrefs returned are those file
/// names. Without a readable picture nothing is written and nothing returned. Throws
/// std::system_error.
sprites write_thumbnails(std::span<const picture> pictures,
                         const std::filesystem::path& picture_folder, timestamp duration,
                         const std::filesystem::path& folder, const thumbnail_limits& limits = {});

} // namespace vdoc::document
