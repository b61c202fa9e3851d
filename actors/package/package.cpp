#include "actors/package/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/hls/hls.hpp"
#include "pipelines/hls/progressive.hpp"
#include "pipelines/manifest/durable.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace vdoc::package {

namespace {

namespace fs = std::filesystem;

/// Samples at the start of avenc_aac's output that are not sound yet.
constexpr std::uint32_t aac_priming_samples = 1024;

hls::track to_hls(const track& what) {
  hls::track out;
  out.what = what.video ? hls::track::kind::h264 : hls::track::kind::aac;
  out.timescale = what.timescale;
  out.codec_config = what.codec_config;
  out.width_px = what.width_px;
  out.height_px = what.height_px;
  out.channels = what.channels;
  out.rate_hz = what.rate_hz;
  out.language = what.language;
  out.colorimetry = what.colorimetry;
  out.priming_samples = what.video ? 0 : aac_priming_samples;
  return out;
}

std::string numbered(std::uint32_t index, const char* extension) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%05u.%s", index, extension);
  return text.data();
}

segment_made make(const segment_order& order) {
  const auto what = to_hls(order.what);
  const auto units = fragment::read_all(order.encoded);
  const fs::path folder{order.what.folder};
  fs::create_directories(folder);
  segment_made made;
  made.track = order.what.name;
  made.codec = hls::codec_string(what);
  made.uri = numbered(order.index, order.what.transport_stream ? "ts" : "m4s");
  hls::bytes segment;
  if (order.what.transport_stream) {
    hls::continuity counters{order.before.pat, order.before.pmt, order.before.stream};
    segment = hls::ts_segment(what, units, order.end, counters);
    made.after = {counters.pat, counters.pmt, counters.stream};
  } else {
    made.init_uri = "init.mp4";
    if (order.index == 0)
      manifest::write_durably(folder / made.init_uri, hls::cmaf_init(what));
    segment = hls::cmaf_segment(what, units, order.end, order.index + 1);
  }
  made.bytes = segment.size();
  manifest::write_durably(folder / made.uri, segment);
  return made;
}

remuxed make(const remux& msg) {
  std::vector<hls::remux_track> tracks;
  for (const auto& one : msg.tracks) {
    hls::remux_track track;
    track.what = to_hls(one.what);
    for (std::uint32_t i = 0; i < one.files; ++i)
      track.encoded.push_back(fs::path{one.folder} / numbered(i, "au"));
    track.end = one.end;
    tracks.push_back(std::move(track));
  }
  hls::write_progressive_mp4(msg.target, tracks);
  return {fs::file_size(msg.target)};
}

/// What the disk or a file says against it becomes a fault. Nothing is done for a leader that is
/// gone.
template <class Function>
auto answered(allegiance& to, Function work) -> caf::result<decltype(work())> {
  try {
    decltype(work()) made;
    if (!to.write([&] { made = work(); }))
      return to_error(allegiance::gone().why());
    return made;
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "make room on the disk and --resume", "package"});
  } catch (const std::runtime_error& error) {
    return to_error(
        {culprit::ours, error.what(), "run it again; keep job.json if it repeats", "package"});
  }
}

actor::behavior_type package(actor::pointer, const std::shared_ptr<allegiance>& to) {
  return {
      [to](const make_segments& msg) {
        return answered(*to, [&] {
          segments_made made;
          for (const auto& order : msg.orders)
            made.segments.push_back(make(order));
          return made;
        });
      },
      [to](const remux& msg) { return answered(*to, [&] { return make(msg); }); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<allegiance> to) {
  return system.spawn<caf::detached>(package, std::move(to));
}

} // namespace vdoc::package
