#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

/// A playlist of RFC 8216, read strictly: whatever is not understood is an error.
struct segment_listed {
  std::string uri;
  double seconds = 0;
};
struct media_playlist_seen {
  int version = 1;
  int target_duration = 0;
  std::string type; ///< "EVENT", "VOD", ""
  bool ended = false;
  bool independent = false;
  std::string map_uri;
  std::vector<segment_listed> segments;
};
media_playlist_seen read_media_playlist(const std::string& text);

using attributes = std::map<std::string, std::string>; ///< quotes removed
struct variant_seen {
  attributes says;
  std::string uri;
};
struct master_playlist_seen {
  bool independent = false;
  std::vector<variant_seen> variants;
  std::vector<attributes> media; ///< EXT-X-MEDIA
};
master_playlist_seen read_master_playlist(const std::string& text);

} // namespace vdoc::test
