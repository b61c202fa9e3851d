#include "test/support/exactness.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

namespace vdoc::test {
namespace {

/// Calls `visit` with every track, video first.
template <class Visit> void each_track(const package_seen& package, Visit&& visit) {
  for (const auto& one : package.video)
    visit(one.track);
  for (const auto& one : package.audio)
    visit(one.track);
}

template <class... Parts> std::string text(const Parts&... parts) {
  std::ostringstream out;
  out.precision(9);
  (out << ... << parts);
  return out.str();
}

/// Real length of segment `n`, in seconds: up to the next one, the last one up to its decode end.
double real_seconds(const track_seen& track, std::size_t n) {
  const auto& segment = track.segments[n];
  const auto begin = segment.first_pts();
  if (n + 1 < track.segments.size())
    return track.seconds_at(track.segments[n + 1].first_pts()) - track.seconds_at(begin);
  if (!track.transport) // its times may lie before zero, where the edit list has taken them
    return static_cast<double>(segment.decode_end - segment.decode_begin) / track.timescale;
  // TS keeps no length of the last sample: as long as the one before it.
  std::vector<std::int64_t> times;
  for (const auto& one : segment.samples)
    times.push_back(one.pts);
  std::ranges::sort(times);
  const auto step = times.size() > 1 ? times.back() - times[times.size() - 2] : 0;
  return static_cast<double>(times.back() + step - begin) / track.timescale;
}

void check_joins_of(const track_seen& track, findings& found) {
  std::int64_t expected = 0;
  std::uint32_t sequence = 1;
  const auto complain = [&](std::size_t n, const std::string& what) {
    found.push_back({"joins", track.name, text("segment ", n, ": ", what)});
  };
  for (std::size_t n = 0; n < track.segments.size(); ++n) {
    const auto& segment = track.segments[n];
    if (track.transport) {
      if (!segment.begins_with_tables)
        complain(n, "media before its tables");
      continue;
    }
    if (n > 0 && segment.decode_begin != expected)
      complain(n, text("tfdt ", segment.decode_begin, " instead of ", expected));
    expected = segment.decode_end;
    for (const auto number : segment.sequences)
      if (number != sequence++)
        complain(n, text("sequence number ", number, " instead of ", sequence - 1));
  }
  for (const auto& one : track.counter_breaks)
    found.push_back({"joins", track.name, one});
}

} // namespace

std::ostream& operator<<(std::ostream& out, const findings& all) {
  for (const auto& one : all)
    out << "\n  [" << one.check << "] " << one.where << ": " << one.what;
  return out;
}

std::vector<std::string> checks_in(const findings& all) {
  std::set<std::string> names;
  for (const auto& one : all)
    names.insert(one.check);
  return {names.begin(), names.end()};
}

findings check_playlists(const package_seen& package) {
  findings found;
  const auto complain = [&](const track_seen& track, const std::string& what) {
    found.push_back({"playlist", track.name, what});
  };
  if (package.video.empty() && package.audio.empty())
    found.push_back({"playlist", "master.m3u8", "names nothing to play"});
  each_track(package, [&](const track_seen& track) {
    const auto& list = track.playlist;
    if (!list.ended)
      complain(track, "has no ENDLIST");
    if (list.type != "VOD")
      complain(track, "is " + list.type + ", not VOD");
    if (!list.independent && !package.master.independent)
      complain(track, "does not say INDEPENDENT-SEGMENTS");
    if (list.version < (track.transport ? 3 : 6))
      complain(track, text("version ", list.version, " is too low"));
    for (std::size_t n = 0; n < track.segments.size(); ++n) {
      const auto listed = track.segments[n].listed_seconds;
      // TS audio: PES packets of several frames hide where the last one ends.
      const bool vague = track.transport && n + 1 == track.segments.size();
      if (std::abs(listed - real_seconds(track, n)) > (vague ? 0.25 : 0.001))
        complain(track, text("segment ", n, " is ", real_seconds(track, n), " s, not ", listed));
      if (std::lround(listed) > list.target_duration)
        complain(track, text("segment ", n, " of ", listed, " s exceeds TARGETDURATION ",
                             list.target_duration));
    }
  });
  return found;
}

findings check_joins(const package_seen& package) {
  findings found;
  each_track(package, [&](const track_seen& track) { check_joins_of(track, found); });
  return found;
}

findings check_segment_starts(const package_seen& package) {
  findings found;
  for (const auto& [listed, track] : package.video)
    for (std::size_t n = 0; n < track.segments.size(); ++n) {
      const auto& first = track.segments[n].samples.front();
      const auto complain = [&, &name = track.name](const char* what) {
        found.push_back({"idr", name, text("segment ", n, ": ", what)});
      };
      if (!first.idr)
        complain("its first picture is no IDR");
      if (!first.marked_sync)
        complain("its first picture is not marked as a sync sample");
      if (!first.parameter_sets)
        complain("its first picture has no parameter sets");
    }
  return found;
}

findings check_order(const package_seen& package) {
  findings found;
  each_track(package, [&](const track_seen& track) {
    bool any = false;
    std::int64_t before = 0;
    for (const auto& segment : track.segments)
      for (const auto& one : segment.samples) {
        if (any && one.dts <= before)
          found.push_back({"order", track.name, text("dts ", one.dts, " after ", before)});
        before = one.dts;
        any = true;
      }
    // CMAF allows composition before decoding (signed offsets), a transport stream does not.
    for (const auto& segment : track.segments)
      for (const auto& one : segment.samples)
        if (track.transport && one.pts < one.dts)
          found.push_back({"order", track.name, text("shown at ", one.pts, " before ", one.dts)});
  });
  return found;
}

findings check_alignment(const package_seen& package) {
  findings found;
  if (package.video.empty())
    return found;
  const auto& model = package.video.front().track;
  for (const auto& [listed, track] : package.video) {
    if (track.segments.size() != model.segments.size()) {
      found.push_back(
          {"aligned", track.name,
           text(track.segments.size(), " segments, ", model.name, " has ", model.segments.size())});
      continue;
    }
    for (std::size_t n = 0; n < track.segments.size(); ++n) {
      const auto here = track.seconds_at(track.segments[n].first_pts());
      const auto there = model.seconds_at(model.segments[n].first_pts());
      if (std::abs(here - there) > 1.0 / track.timescale + 1.0 / model.timescale)
        found.push_back({"aligned", track.name,
                         text("segment ", n, " begins at ", here, " s, not at ", there)});
    }
  }
  return found;
}

findings check_everything(const std::filesystem::path& folder, const source_truth& truth,
                          leeway allowed) {
  findings all;
  try {
    const auto package = read_package(folder);
    for (const auto& some :
         {check_playlists(package), check_joins(package), check_segment_starts(package),
          check_order(package), check_alignment(package), check_attributes(package),
          check_frames(package, truth, allowed), check_audio(package, truth, allowed)})
      all.insert(all.end(), some.begin(), some.end());
    if (!truth.sounds.empty() && !truth.frames.empty()) {
      const auto sync = check_sync(package, truth, allowed);
      all.insert(all.end(), sync.begin(), sync.end());
    }
  } catch (const std::exception& problem) {
    all.push_back({"readable", folder.string(), problem.what()});
  }
  return all;
}

} // namespace vdoc::test
