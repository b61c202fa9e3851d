#include "actors/job/presentation.hpp"

#include "pipelines/hls/hls.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vdoc::job {

namespace {

/// No fragment is longer than this many segment lengths (see fragment::cutter).
constexpr double longest_in_segments = 1.5;

/// Segments from the first one up to the first that is missing.
std::vector<const manifest::segment_packed*> unbroken(const manifest::track_state& track) {
  std::vector<const manifest::segment_packed*> list;
  for (const auto& [index, one] : track.segments) {
    if (index != list.size())
      break;
    list.push_back(&one);
  }
  return list;
}

std::vector<hls::segment> to_segments(const std::vector<const manifest::segment_packed*>& packed) {
  std::vector<hls::segment> list;
  list.reserve(packed.size());
  for (const auto* one : packed)
    list.push_back({one->uri, one->end - one->begin, one->bytes});
  return list;
}

const manifest::track_state* find_track(const rules& job, const std::string& name) {
  const auto found = job.known().tracks.find(name);
  return found == job.known().tracks.end() ? nullptr : &found->second;
}

std::string video_range(const probe::color_description& color) {
  if (!color.hdr)
    return "SDR";
  return color.transfer == "smpte2084" ? "PQ" : "HLG";
}

struct frame_count {
  std::uint64_t frames = 0;
  fragment::timestamp duration{0};
  [[nodiscard]] double rate() const {
    return duration.count() > 0
               ? static_cast<double>(frames) * 1e9 / static_cast<double>(duration.count())
               : 0;
  }
};

frame_count count_frames(const std::vector<const manifest::segment_packed*>& packed) {
  frame_count sum;
  for (const auto* one : packed) {
    sum.frames += one->frames;
    sum.duration += one->end - one->begin;
  }
  return sum;
}

std::string track_label(const probe::audio_stream& source, std::uint32_t track) {
  if (!source.title.empty())
    return source.title;
  return source.language.empty() ? "Audio " + std::to_string(track + 1) : source.language;
}

hls::media_playlist media_playlist(const rules& job, const manifest::track_state& track,
                                   bool ended) {
  const auto packed = unbroken(track);
  hls::media_playlist list;
  list.init_uri = packed.empty() ? "" : packed.front()->init_uri;
  list.longest = std::chrono::duration_cast<fragment::timestamp>(
      std::chrono::milliseconds{job.wanted().segment_ms} * longest_in_segments);
  list.ended = ended;
  list.segments = to_segments(packed);
  return list;
}

struct audio_group {
  std::vector<hls::audio_rendition> renditions;
  std::int64_t peak_bps = 0;
  std::int64_t average_bps = 0;
};

audio_group audio_renditions(const rules& job) {
  audio_group group;
  const auto& probe = job.known().source->probe;
  const auto standard = std::find_if(probe.audio.begin(), probe.audio.end(),
                                     [](const auto& one) { return one.is_default; });
  const auto standard_track = standard == probe.audio.end() ? 0 : standard - probe.audio.begin();
  for (const auto number : job.audio_tracks()) {
    const auto* track = find_track(job, manifest::audio_track_name(number));
    const auto packed = track ? unbroken(*track) : decltype(unbroken(*track)){};
    if (packed.empty())
      continue;
    const auto segments = to_segments(packed);
    hls::audio_rendition one;
    one.uri = audio_folder(probe, number) + "/index.m3u8";
    one.name = track_label(probe.audio[number], number);
    one.language = probe.audio[number].language;
    one.codec = packed.front()->codec;
    one.channels = job.known().audio.at({number, 0}).channels;
    one.is_default = number == standard_track;
    one.peak_bps = hls::peak_bps(segments);
    one.average_bps = hls::average_bps(segments);
    const auto same_name = std::count_if(group.renditions.begin(), group.renditions.end(),
                                         [&](const auto& other) { return other.name == one.name; });
    if (same_name > 0)
      one.name += " (" + std::to_string(number + 1) + ")";
    group.peak_bps = std::max(group.peak_bps, one.peak_bps);
    group.average_bps = std::max(group.average_bps, one.average_bps);
    group.renditions.push_back(std::move(one));
  }
  return group;
}

void add_video_variants(const rules& job, const audio_group& audio, hls::master_playlist& master) {
  const auto& source = *job.known().source;
  for (const auto& rendition : source.ladder) {
    const auto* track = find_track(job, rendition.name);
    const auto packed = track ? unbroken(*track) : decltype(unbroken(*track)){};
    if (packed.empty())
      continue;
    const auto segments = to_segments(packed);
    hls::variant one;
    one.uri = video_folder(rendition.name) + "/index.m3u8";
    one.video_codec = packed.front()->codec;
    one.width_px = rendition.width_px;
    one.height_px = rendition.height_px;
    one.frame_rate = count_frames(packed).rate();
    one.peak_bps = hls::peak_bps(segments) + audio.peak_bps;
    one.average_bps = hls::average_bps(segments) + audio.average_bps;
    one.video_range = video_range(source.probe.video.front().color);
    master.variants.push_back(std::move(one));
  }
}

std::string folder_of(const rules& job, const std::string& name,
                      const manifest::track_state& track) {
  if (!track.video)
    for (const auto number : job.audio_tracks())
      if (manifest::audio_track_name(number) == name)
        return audio_folder(job.known().source->probe, number);
  return video_folder(name);
}

} // namespace

std::string video_folder(const std::string& rendition) {
  return "video/" + rendition;
}

std::string audio_folder(const probe::source_probe& probe, std::uint32_t track) {
  const auto& language = probe.audio.at(track).language;
  const auto same = std::count_if(probe.audio.begin(), probe.audio.end(),
                                  [&](const auto& one) { return one.language == language; });
  const auto plain = std::all_of(language.begin(), language.end(), [](unsigned char c) {
    return (std::isalnum(c) != 0) || c == '-';
  });
  if (!language.empty() && plain && same == 1)
    return "audio/" + language;
  return "audio/" + std::to_string(track + 1) + (language.empty() || !plain ? "" : "-" + language);
}

package::track video_track(const rules& job, const std::string& rendition,
                           const std::filesystem::path& root) {
  const auto& source = *job.known().source;
  const auto& state = job.known().tracks.at(rendition);
  const auto& video = source.probe.video.front();
  package::track track;
  track.name = rendition;
  track.folder = root / video_folder(rendition);
  track.transport_stream = job.wanted().transport_stream;
  track.timescale = hls::timescale_for(video.fps_numerator, video.fps_denominator);
  track.codec_config = state.codec_config;
  track.colorimetry = state.colorimetry;
  for (const auto& one : source.ladder)
    if (one.name == rendition) {
      track.width_px = one.width_px;
      track.height_px = one.height_px;
    }
  return track;
}

package::track audio_track(const rules& job, std::uint32_t number,
                           const std::filesystem::path& root) {
  const auto& probe = job.known().source->probe;
  const auto& first = job.known().audio.at({number, 0});
  package::track track;
  track.name = manifest::audio_track_name(number);
  track.folder = root / audio_folder(probe, number);
  track.video = false;
  track.transport_stream = job.wanted().transport_stream;
  track.timescale = static_cast<std::uint32_t>(first.rate_hz);
  track.codec_config = first.codec_config;
  track.channels = first.channels;
  track.rate_hz = first.rate_hz;
  track.language = probe.audio.at(number).language;
  return track;
}

std::vector<text_file> playlists(const rules& job, bool ended) {
  std::vector<text_file> files;
  if (!job.known().source)
    return files;
  for (const auto& [name, track] : job.known().tracks) {
    if (track.segments.empty() || !track.segments.contains(0))
      continue;
    files.emplace_back(folder_of(job, name, track) + "/index.m3u8",
                       hls::write(media_playlist(job, track, ended)));
  }
  if (files.empty())
    return files;
  const auto audio = audio_renditions(job);
  hls::master_playlist master;
  add_video_variants(job, audio, master);
  if (job.known().source->probe.video.empty())
    for (const auto& one : audio.renditions)
      master.variants.push_back({one.uri, "", 0, 0, 0, one.peak_bps, one.average_bps, ""});
  if (master.variants.empty())
    return files;
  master.audio = audio.renditions;
  if (job.known().composition)
    for (const auto& one : job.known().composition->captions)
      master.subtitles.push_back(
          {one.uri, one.name, one.language, master.subtitles.empty(), false});
  files.emplace_back("master.m3u8", hls::write(master));
  return files;
}

listed_counts count_listed(const rules& job) {
  listed_counts counts;
  for (const auto& [name, track] : job.known().tracks)
    counts[name] = static_cast<std::uint32_t>(unbroken(track).size());
  return counts;
}

std::vector<listed_segment> newly_listed(const rules& job, listed_counts& told) {
  std::vector<listed_segment> all;
  for (const auto& [name, track] : job.known().tracks) {
    auto& from = told[name];
    for (auto at = track.segments.find(from); at != track.segments.end() && at->first == from;
         ++at, ++from)
      all.push_back({name, from, (at->second.end - at->second.begin).count(),
                     folder_of(job, name, track) + "/" + at->second.uri});
  }
  return all;
}

} // namespace vdoc::job
