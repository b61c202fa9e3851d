#include "test/support/playlists_seen.hpp"

#include <functional>
#include <sstream>
#include <stdexcept>

namespace vdoc::test {
namespace {

attributes read_attributes(const std::string& list) {
  attributes out;
  std::size_t at = 0;
  while (at < list.size()) {
    const auto equals = list.find('=', at);
    if (equals == std::string::npos)
      throw std::runtime_error{"an attribute without a value in " + list};
    const auto name = list.substr(at, equals - at);
    const bool quoted = equals + 1 < list.size() && list[equals + 1] == '"';
    const auto begin = quoted ? equals + 2 : equals + 1;
    auto end = list.find(quoted ? '"' : ',', begin);
    if (end == std::string::npos)
      end = list.size();
    if (!out.emplace(name, list.substr(begin, end - begin)).second)
      throw std::runtime_error{std::string{"attribute "}.append(name).append(" comes twice in ") +
                               list};
    at = end + (quoted ? 2 : 1);
  }
  return out;
}

/// Calls `tag` with name and value of each tag and `uri` with each other line.
void each_line(const std::string& text,
               const std::function<void(const std::string&, const std::string&)>& tag,
               const std::function<void(const std::string&)>& uri) {
  std::istringstream in{text};
  std::string line;
  if (!std::getline(in, line) || line != "#EXTM3U")
    throw std::runtime_error{"a playlist has to begin with #EXTM3U"};
  while (std::getline(in, line)) {
    if (line.empty())
      continue;
    if (line.starts_with("#EXT")) {
      const auto colon = line.find(':');
      tag(line.substr(0, colon), colon == std::string::npos ? "" : line.substr(colon + 1));
    } else if (line[0] != '#') {
      uri(line);
    }
  }
}

} // namespace

media_playlist_seen read_media_playlist(const std::string& text) {
  media_playlist_seen out;
  double seconds = -1;
  each_line(
      text,
      [&](const std::string& name, const std::string& value) {
        if (name == "#EXT-X-VERSION")
          out.version = std::stoi(value);
        else if (name == "#EXT-X-TARGETDURATION")
          out.target_duration = std::stoi(value);
        else if (name == "#EXT-X-PLAYLIST-TYPE")
          out.type = value;
        else if (name == "#EXT-X-ENDLIST")
          out.ended = true;
        else if (name == "#EXT-X-INDEPENDENT-SEGMENTS")
          out.independent = true;
        else if (name == "#EXT-X-MAP")
          out.map_uri = read_attributes(value).at("URI");
        else if (name == "#EXTINF")
          seconds = std::stod(value);
        else if (name != "#EXT-X-MEDIA-SEQUENCE")
          throw std::runtime_error{"unexpected tag " + name};
      },
      [&](const std::string& uri) {
        if (seconds < 0)
          throw std::runtime_error{uri + " has no EXTINF"};
        out.segments.push_back({uri, seconds});
        seconds = -1;
      });
  return out;
}

master_playlist_seen read_master_playlist(const std::string& text) {
  master_playlist_seen out;
  bool announced = false;
  each_line(
      text,
      [&](const std::string& name, const std::string& value) {
        if (name == "#EXT-X-STREAM-INF") {
          out.variants.push_back({read_attributes(value), ""});
          announced = true;
        } else if (name == "#EXT-X-MEDIA") {
          out.media.push_back(read_attributes(value));
        } else if (name == "#EXT-X-INDEPENDENT-SEGMENTS") {
          out.independent = true;
        }
      },
      [&](const std::string& uri) {
        if (!announced)
          throw std::runtime_error{uri + " has no EXT-X-STREAM-INF"};
        out.variants.back().uri = uri;
        announced = false;
      });
  return out;
}

} // namespace vdoc::test
