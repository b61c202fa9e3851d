#include "pipelines/hls/hls.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace vdoc::hls {

namespace {

constexpr std::int64_t second = 1'000'000'000;

/// A number with a fixed count of decimals, whatever the locale. `value` counts the last of them.
std::string decimal(std::int64_t value, int decimals) {
  auto text = std::to_string(value);
  const auto wanted = static_cast<std::size_t>(decimals) + 1;
  if (text.size() < wanted)
    text.insert(0, wanted - text.size(), '0');
  text.insert(text.size() - static_cast<std::size_t>(decimals), ".");
  return text;
}

std::int64_t rounded_seconds(timestamp span) {
  return (span.count() + second / 2) / second;
}

/// What a quoted string may hold (RFC 8216 4.2): no quotes, no line ends.
std::string quote(const std::string& text) {
  std::string safe = "\"";
  for (const char letter : text)
    safe += letter == '"' ? '\'' : static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
  return safe + '"';
}

/// A relative URI: what would end it, or the line, or the string it stands in, is escaped.
std::string uri_text(const std::string& path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unsafe = "\"#:<>?\\^`{|}%";
  std::string safe;
  for (const char letter : path) {
    const auto code = static_cast<unsigned char>(letter);
    if (code <= ' ' || code >= 0x7f || unsafe.find(letter) != std::string_view::npos)
      safe += {'%', digits[code >> 4U], digits[code & 15U]};
    else
      safe += letter;
  }
  return safe;
}

/// Names have to differ within a group (RFC 8216 4.3.4.1.1).
std::string unlike_others(std::string name, const std::string& otherwise,
                          std::set<std::string>& taken) {
  if (name.empty())
    name = otherwise;
  auto one = name;
  for (int number = 2; !taken.insert(one).second; ++number)
    one = name + " (" + std::to_string(number) + ")";
  return one;
}

std::string audio_codecs(const master_playlist& playlist) {
  std::string list;
  std::set<std::string> seen;
  for (const auto& one : playlist.audio)
    if (!one.codec.empty() && seen.insert(one.codec).second)
      list += (list.empty() ? "" : ",") + one.codec;
  return list;
}

/// With sound alone, every rendition of it could stand as a variant; but a player changes variants
/// for bandwidth, and must not change the language with it. One stands for all.
std::vector<variant> variants_to_list(const master_playlist& playlist) {
  std::vector<variant> list;
  for (const auto& one : playlist.variants)
    if (!one.video_codec.empty())
      list.push_back(one);
  if (!list.empty() || playlist.audio.empty())
    return list.empty() ? playlist.variants : list;
  const auto standard = std::ranges::find_if(playlist.audio, &audio_rendition::is_default);
  const auto& uri = standard == playlist.audio.end() ? playlist.audio.front().uri : standard->uri;
  const auto shown = std::ranges::find(playlist.variants, uri, &variant::uri);
  if (shown == playlist.variants.end())
    return playlist.variants;
  return {*shown};
}

std::string media_line(const std::string& type, const std::string& group, const std::string& name,
                       const std::string& language, bool is_default) {
  return "#EXT-X-MEDIA:TYPE=" + type + ",GROUP-ID=" + quote(group) + ",NAME=" + quote(name) +
         (language.empty() ? "" : ",LANGUAGE=" + quote(language)) +
         ",DEFAULT=" + (is_default ? "YES" : "NO") + ",AUTOSELECT=YES";
}

std::string audio_lines(const master_playlist& playlist, const std::vector<variant>& variants) {
  std::string text;
  std::set<std::string> names;
  bool has_default = false;
  for (const auto& one : playlist.audio) {
    const auto name = unlike_others(one.name, one.language.empty() ? "Audio" : one.language, names);
    text += media_line("AUDIO", "audio", name, one.language, one.is_default && !has_default) +
            ",CHANNELS=" + quote(std::to_string(one.channels));
    has_default = has_default || one.is_default;
    // Sound that is a variant itself needs no playlist of its own (RFC 8216 4.3.4.2.1).
    if (std::ranges::find(variants, one.uri, &variant::uri) == variants.end())
      text += ",URI=" + quote(uri_text(one.uri));
    text += '\n';
  }
  return text;
}

std::string subtitle_lines(const master_playlist& playlist) {
  std::string text;
  std::set<std::string> names;
  bool has_default = false;
  for (const auto& one : playlist.subtitles) {
    const auto name =
        unlike_others(one.name, one.language.empty() ? "Subtitles" : one.language, names);
    text +=
        media_line("SUBTITLES", "subtitles", name, one.language, one.is_default && !has_default) +
        ",FORCED=" + (one.forced ? "YES" : "NO") + ",URI=" + quote(uri_text(one.uri)) + '\n';
    has_default = has_default || one.is_default;
  }
  return text;
}

std::string variant_lines(const master_playlist& playlist, const variant& one) {
  auto codecs = one.video_codec;
  if (const auto audio = audio_codecs(playlist); !audio.empty())
    codecs += (codecs.empty() ? "" : ",") + audio;
  std::string text = "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(one.peak_bps);
  if (one.average_bps > 0)
    text += ",AVERAGE-BANDWIDTH=" + std::to_string(one.average_bps);
  if (!codecs.empty())
    text += ",CODECS=" + quote(codecs);
  if (one.width_px > 0 && one.height_px > 0)
    text += ",RESOLUTION=" + std::to_string(one.width_px) + 'x' + std::to_string(one.height_px);
  if (one.frame_rate > 0)
    text += ",FRAME-RATE=" + decimal(std::llround(one.frame_rate * 1000), 3);
  if (!one.video_range.empty())
    text += ",VIDEO-RANGE=" + one.video_range;
  if (!playlist.audio.empty())
    text += ",AUDIO=\"audio\"";
  if (!playlist.subtitles.empty())
    text += ",SUBTITLES=\"subtitles\"";
  return text + ",CLOSED-CAPTIONS=NONE\n" + uri_text(one.uri) + '\n';
}

} // namespace

std::string write(const media_playlist& playlist) {
  std::int64_t target =
      playlist.ended ? 1 : std::max<std::int64_t>(1, rounded_seconds(playlist.longest));
  for (const auto& one : playlist.segments)
    target = std::max(target, rounded_seconds(one.duration));
  // 3 for durations with decimals, 6 for EXT-X-MAP (section 8 of the draft).
  std::string text = "#EXTM3U\n#EXT-X-VERSION:";
  text += playlist.init_uri.empty() ? "3" : "6";
  text += "\n#EXT-X-TARGETDURATION:" + std::to_string(target) + "\n#EXT-X-MEDIA-SEQUENCE:0\n";
  text += playlist.ended ? "#EXT-X-PLAYLIST-TYPE:VOD\n" : "#EXT-X-PLAYLIST-TYPE:EVENT\n";
  text += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  if (!playlist.init_uri.empty())
    text += "#EXT-X-MAP:URI=" + quote(uri_text(playlist.init_uri)) + '\n';
  for (const auto& one : playlist.segments)
    text += "#EXTINF:" + decimal((one.duration.count() + 500) / 1000, 6) + ",\n" +
            uri_text(one.uri) + '\n';
  if (playlist.ended)
    text += "#EXT-X-ENDLIST\n";
  return text;
}

std::string write(const master_playlist& playlist) {
  const auto variants = variants_to_list(playlist);
  std::string text = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  text += audio_lines(playlist, variants) + subtitle_lines(playlist);
  for (const auto& one : variants)
    text += variant_lines(playlist, one);
  return text;
}

std::int64_t average_bps(std::span<const segment> segments) {
  double bits = 0, nanoseconds = 0;
  for (const auto& one : segments) {
    bits += 8 * static_cast<double>(one.bytes);
    nanoseconds += static_cast<double>(one.duration.count());
  }
  return nanoseconds > 0 ? static_cast<std::int64_t>(std::ceil(bits * 1e9 / nanoseconds)) : 0;
}

std::int64_t peak_bps(std::span<const segment> made) {
  // As a playlist tells their lengths: what lacks a nanosecond of half a target is not too short.
  std::vector<segment> segments{made.begin(), made.end()};
  for (auto& one : segments)
    one.duration = timestamp{(one.duration.count() + 500) / 1000 * 1000};
  timestamp longest{0};
  for (const auto& one : segments)
    longest = std::max(longest, one.duration);
  const auto target = std::max<std::int64_t>(1, rounded_seconds(longest)) * second;
  std::int64_t peak = 0;
  for (std::size_t first = 0; first < segments.size(); ++first) {
    timestamp duration{0};
    for (std::size_t last = first; last < segments.size(); ++last) {
      duration += segments[last].duration;
      if (duration.count() > target + target / 2)
        break;
      if (duration.count() >= target / 2)
        peak = std::max(peak, average_bps(std::span{segments}.subspan(first, last - first + 1)));
    }
  }
  return std::max(peak, average_bps(segments));
}

} // namespace vdoc::hls
