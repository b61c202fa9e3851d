#include "test/support/stand_in.hpp"

#include "test/support/box_edits.hpp"
#include "test/support/command.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/package_seen.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace vdoc::test {
namespace {

std::string muxer(const std::filesystem::path& folder, const stand_in_options& options) {
  std::ostringstream line;
  if (options.transport)
    line << " -output_ts_offset 10 -muxdelay 0 -muxpreload 0 -f hls -hls_segment_type mpegts"
         << " -hls_time " << options.segment_s << " -hls_list_size 0 -hls_segment_filename "
         << (folder / "%05d.ts").string() << " " << (folder / "made.m3u8").string();
  else
    line << " -f dash -seg_duration " << options.segment_s << " -use_template 1 -use_timeline 0"
         << " -init_seg_name init.mp4 -media_seg_name $Number%05d$.m4s "
         << (folder / "made.mpd").string();
  return line.str();
}

void encode(const std::filesystem::path& source, const std::filesystem::path& folder,
            const std::string& what, const stand_in_options& options) {
  std::filesystem::create_directories(folder);
  run_or_throw(split_words("ffmpeg -v error -nostdin -y -i " + source.string() + " " + what +
                           muxer(folder, options)));
}

void encode_video(const std::filesystem::path& source, const std::filesystem::path& folder,
                  int height, const stand_in_options& options) {
  const auto spoiled = options.spoil_video.find(height);
  const auto keys = options.key_frames_at.find(height);
  std::ostringstream line;
  line << "-map 0:v:0 -vf " << (spoiled == options.spoil_video.end() ? "" : spoiled->second + ",")
       << "scale=-2:" << height << ",format=yuv420p -vsync passthrough -enc_time_base -1 "
       << "-c:v libx264 -preset ultrafast -crf 20 -bf 2 -g 9999 -sc_threshold 0 "
       << "-force_key_frames ";
  if (keys == options.key_frames_at.end())
    line << "expr:gte(t,n_forced*" << options.segment_s << ")";
  else
    line << keys->second;
  encode(source, folder, line.str(), options);
}

/// Writes a media playlist for the segments that lie in `folder`, with lengths as they are: first
/// with wrong ones, then read by the checks' own reader, then with the right ones.
void write_playlist(const std::filesystem::path& folder, const stand_in_options& options) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.path().extension() == (options.transport ? ".ts" : ".m4s"))
      names.push_back(entry.path().filename());
  std::ranges::sort(names);
  std::vector<double> lengths(names.size(), 1);
  const auto write = [&] {
    std::ostringstream out;
    const auto longest = *std::ranges::max_element(lengths);
    out << "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:" << std::lround(longest)
        << "\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    if (!options.transport)
      out << "#EXT-X-MAP:URI=\"init.mp4\"\n";
    out.setf(std::ios::fixed);
    for (std::size_t n = 0; n < names.size(); ++n)
      out << "#EXTINF:" << lengths[n] << ",\n" << names[n] << "\n";
    out << "#EXT-X-ENDLIST\n";
    write_file(folder / "index.m3u8", out.str());
  };
  write();
  write_file(folder / "master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=1x1\nindex.m3u8\n");
  const auto package = read_package(folder);
  const auto& track = package.video.front().track;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const auto begin = track.segments[n].first_pts();
    if (n + 1 < names.size()) {
      lengths[n] = static_cast<double>(track.segments[n + 1].first_pts() - begin) / track.timescale;
    } else if (!options.transport) {
      lengths[n] =
          static_cast<double>(track.segments[n].decode_end - track.segments[n].decode_begin) /
          track.timescale;
    } else {
      std::vector<std::int64_t> times;
      for (const auto& one : track.segments[n].samples)
        times.push_back(one.pts);
      std::ranges::sort(times);
      const auto step = times.size() > 1 ? times.back() - times[times.size() - 2] : 0;
      lengths[n] = static_cast<double>(times.back() + step - begin) / track.timescale;
    }
  }
  write();
  std::filesystem::remove(folder / "master.m3u8");
}

/// Bits per second: over all, and of the heaviest segment that is not a short last one.
std::pair<std::int64_t, std::int64_t> rates_of(const track_seen& track) {
  double bits = 0, seconds = 0, peak = 0;
  for (const auto& one : track.segments) {
    const auto here = 8.0 * static_cast<double>(one.bytes);
    bits += here;
    seconds += one.listed_seconds;
    if (one.listed_seconds >= 0.5 * track.playlist.target_duration)
      peak = std::max(peak, here / one.listed_seconds);
  }
  return {std::llround(std::ceil(bits / seconds)), std::llround(std::ceil(peak))};
}

void write_master(const std::filesystem::path& folder, const stand_in_options& options) {
  std::ostringstream out;
  out << "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  std::pair<std::int64_t, std::int64_t> sound;
  const std::string audio = "audio/en/index.m3u8";
  const auto one_variant = [&](const std::string& uri) {
    write_file(folder / "master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=1x1\n" + uri + "\n");
    return read_package(folder).video.front().track;
  };
  if (options.audio) {
    sound = rates_of(one_variant(audio));
    out << "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\","
        << "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"" << audio << "\"\n";
  }
  for (const int height : options.video ? options.heights_px : std::vector<int>{}) {
    const auto uri = "video/" + std::to_string(height) + "p/index.m3u8";
    const auto track = one_variant(uri);
    const auto stream = first_stream(ffprobe_streams(track.input), "video");
    const auto [average, peak] = rates_of(track);
    std::size_t frames = 0;
    double seconds = 0;
    for (const auto& segment : track.segments) {
      frames += segment.samples.size();
      seconds += segment.listed_seconds;
    }
    out << "#EXT-X-STREAM-INF:BANDWIDTH=" << peak + sound.second
        << ",AVERAGE-BANDWIDTH=" << average + sound.first << ",CODECS=\"" << track.codec
        << (options.audio ? ",mp4a.40.2" : "") << "\",RESOLUTION=" << stream.at("width") << "x"
        << stream.at("height") << ",FRAME-RATE=" << std::fixed
        << static_cast<double>(frames) / seconds << std::defaultfloat
        << (options.audio ? ",AUDIO=\"audio\"" : "") << "\n"
        << uri << "\n";
  }
  if (!options.video)
    out << "#EXT-X-STREAM-INF:BANDWIDTH=" << sound.second << ",AVERAGE-BANDWIDTH=" << sound.first
        << ",CODECS=\"mp4a.40.2\",AUDIO=\"audio\"\n"
        << audio << "\n";
  write_file(folder / "master.m3u8", out.str());
}

} // namespace

void make_stand_in(const std::filesystem::path& source, const std::filesystem::path& folder,
                   const stand_in_options& options) {
  if (options.video)
    for (const int height : options.heights_px) {
      const auto rendition = folder / "video" / (std::to_string(height) + "p");
      encode_video(source, rendition, height, options);
      write_playlist(rendition, options);
    }
  if (options.audio) {
    const auto filter = options.spoil_audio.empty() ? "" : options.spoil_audio + ",";
    encode(source, folder / "audio" / "en",
           "-map 0:a:0 -vn -ac 2 -ar 48000 -c:a aac -b:a 128k -af " + filter +
               "aresample=48000:async=1:first_pts=0",
           options);
    write_playlist(folder / "audio" / "en", options);
  }
  write_master(folder, options);
}

} // namespace vdoc::test
