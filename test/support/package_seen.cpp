#include "test/support/package_seen.hpp"

#include "test/support/box_edits.hpp"
#include "test/support/h264_units.hpp"
#include "test/support/mp4_boxes.hpp"
#include "test/support/transport_stream.hpp"

#include <algorithm>
#include <stdexcept>

namespace vdoc::test {
namespace {

void read_cmaf(track_seen& track, const std::filesystem::path& folder) {
  const auto init = read_file(folder / track.playlist.map_uri);
  const auto header = read_init(init);
  track.timescale = header.timescale;
  track.video = header.handler == "vide";
  if (track.video) {
    const auto sps = sps_of_avcc(header.codec_config);
    track.parameter_sets_known = !sps.empty();
    track.codec = sps.empty() ? "" : codec_string_of_sps(sps);
  } else {
    track.codec = codec_string_of_audio_config(header.codec_config);
  }
  for (auto& segment : track.segments) {
    const auto bytes = read_file(segment.file);
    segment.bytes = bytes.size();
    const auto fragments = read_fragments(bytes, header);
    for (const auto& fragment : fragments) {
      segment.sequences.push_back(fragment.sequence);
      for (const auto& one : fragment.samples)
        segment.samples.push_back(
            {.pts = one.pts,
             .dts = one.dts,
             .idr = !track.video || has_unit(units_of_avc(one.bytes), unit_idr),
             .marked_sync = one.sync,
             .parameter_sets = track.parameter_sets_known});
    }
    if (fragments.empty() || segment.samples.empty())
      throw std::runtime_error{"it holds no samples"};
    const auto& last = fragments.back().samples.back();
    segment.decode_begin = fragments.front().decode_time;
    segment.decode_end = last.dts + last.duration;
  }
}

/// Profile of the first ADTS header (ISO 14496-3, 1.A.2.2) as an audio object type.
std::string codec_string_of_adts(std::string_view frame) {
  return "mp4a.40." + std::to_string((big_endian(frame, 2, 1) >> 6U) + 1);
}

void read_transport(track_seen& track) {
  track.zero = transport_zero;
  transport_reader reader;
  for (auto& segment : track.segments) {
    const auto bytes = read_file(segment.file);
    segment.bytes = bytes.size();
    const auto seen = reader.read(bytes);
    track.video = seen.stream_type == 0x1b;
    segment.begins_with_tables = seen.begins_with_tables;
    for (const auto& unit : seen.units) {
      const auto units =
          track.video ? units_of_annex_b(unit.payload) : std::vector<std::string_view>{};
      const auto sps = std::ranges::find(units, unit_sps, type_of);
      if (track.codec.empty() && sps != units.end())
        track.codec = codec_string_of_sps(*sps);
      if (track.codec.empty() && !track.video)
        track.codec = codec_string_of_adts(unit.payload);
      const bool idr = !track.video || has_unit(units, unit_idr);
      segment.samples.push_back(
          {.pts = unit.pts,
           .dts = unit.dts,
           .idr = idr,
           .marked_sync = idr,
           .parameter_sets = sps != units.end() && has_unit(units, unit_pps)});
    }
    if (segment.samples.empty())
      throw std::runtime_error{"it holds no samples"};
  }
  track.counter_breaks = reader.breaks();
}

track_seen read_track(const std::filesystem::path& folder, const std::string& uri) {
  track_seen track;
  track.name = uri;
  const auto file = folder / uri;
  try {
    track.playlist = read_media_playlist(read_file(file));
    const auto here = file.parent_path();
    track.transport = track.playlist.map_uri.empty();
    track.input = "concat:";
    if (!track.transport)
      track.input += (here / track.playlist.map_uri).string() + "|";
    for (const auto& listed : track.playlist.segments) {
      segment_seen& segment = track.segments.emplace_back();
      segment.file = here / listed.uri;
      segment.listed_seconds = listed.seconds;
      track.input += segment.file.string() + "|";
    }
    track.input.pop_back();
    if (track.transport)
      read_transport(track);
    else
      read_cmaf(track, here);
  } catch (const std::exception& problem) {
    throw std::runtime_error{file.string() + ": " + problem.what()};
  }
  return track;
}

} // namespace

std::int64_t segment_seen::first_pts() const {
  return std::ranges::min_element(samples, {}, &timed_sample::pts)->pts;
}

double track_seen::seconds_at(std::int64_t tick) const {
  return static_cast<double>(tick - zero) / timescale;
}

package_seen read_package(const std::filesystem::path& folder) {
  package_seen package;
  package.folder = folder;
  package.master = read_master_playlist(read_file(folder / "master.m3u8"));
  for (const auto& media : package.master.media)
    if (media.at("TYPE") == "AUDIO" && media.contains("URI"))
      package.audio.push_back({media, read_track(folder, media.at("URI"))});
  for (const auto& variant : package.master.variants) {
    if (variant.says.contains("RESOLUTION"))
      package.video.push_back({variant, read_track(folder, variant.uri)});
    else if (std::ranges::none_of(package.audio,
                                  [&](const auto& one) { return one.track.name == variant.uri; }))
      package.audio.push_back({variant.says, read_track(folder, variant.uri)});
  }
  return package;
}

} // namespace vdoc::test
