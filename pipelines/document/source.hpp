#pragma once

#include "pipelines/captions/transcript.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::document {

using timestamp = std::chrono::nanoseconds; ///< from the start of the media

/// A small picture taken from the video. The fields are those of gst::picture.
struct picture {
  timestamp pts{0};
  std::uint64_t hash = 0;               ///< perceptual: near pictures are few bits apart
  std::array<std::uint8_t, 256> luma{}; ///< 16 x 16 mean luma, row by row
  std::string jpeg;                     ///< file name relative to the folder of pictures
};

struct chapter {
  timestamp begin{0}, end{0};
  std::string title;
  friend bool operator==(const chapter&, const chapter&) = default;
};

/// Captions that the player offers.
struct caption_track {
  std::string language; ///< BCP 47, "" unknown
  std::string name;     ///< "English", "German (automatic)"
  std::vector<captions::cue> cues;
  std::string href; ///< of the WebVTT file, relative to the document
};

/// A file to take along.
struct download {
  std::string label; ///< "Video, 1280 x 720"
  std::string href;  ///< relative to the document
};

/// Sprite sheets, as write_thumbnails made them; hrefs relative to the document.
struct sprites {
  std::vector<std::string> hrefs;
  int tile_width_px = 0, tile_height_px = 0;
  int columns = 0, rows = 0;
  std::chrono::milliseconds interval{0};
  std::size_t count = 0; ///< of tiles on all sheets
};

/// All that a document is made from. Every text may hold anything; hrefs are relative paths
/// ("../master.m3u8"), written as they are on disk.
struct document_source {
  std::string title;
  timestamp duration{0};
  std::vector<std::string> description; ///< lines about the source: "MP4, 1920 x 1080, 25 fps"
  bool has_video = true;                ///< else the player is one for sound
  int width_px = 0, height_px = 0;      ///< of the video as it is shown; 0 unknown
  std::string playlist_href;            ///< "../master.m3u8"; "" none
  std::string media_href;               ///< "../video.mp4": what plays without a server; "" none
  std::string poster_href;              ///< "../thumbnails/poster.jpg"; "" none
  sprites thumbnails;                   ///< for previews on the time line; may be empty
  captions::transcript transcript;      ///< what is read; may be empty
  std::string speech_note; ///< why there is no transcript; "" says that no speech was found
  std::vector<caption_track> captions;
  std::vector<chapter> chapters;
  std::vector<picture> pictures; ///< all that were taken, in order of time
  std::filesystem::path picture_folder;
  std::vector<download> downloads;
  std::vector<std::string> warnings; ///< what went wrong on the way, for the reader to know
};

} // namespace vdoc::document
