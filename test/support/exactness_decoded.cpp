#include "test/support/exactness.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace vdoc::test {
namespace {

double ms(nanoseconds span) {
  return static_cast<double>(span.count()) / 1e6;
}

template <class... Parts> std::string text(const Parts&... parts) {
  std::ostringstream out;
  out.precision(9);
  (out << ... << parts);
  return out.str();
}

/// A rendition's frame on the job's timeline.
nanoseconds shown_at(const track_seen& track, const decoded_video& video,
                     const decoded_frame& one) {
  return video.time_of(one) -
         nanoseconds{track.zero * 1'000'000'000 / static_cast<std::int64_t>(track.timescale)};
}

void compare_frames(const track_seen& track, const source_truth& truth, leeway allowed,
                    findings& found) {
  const auto complain = [&](const std::string& what) {
    found.push_back({"frames", track.name, what});
  };
  const auto video = decode_video(track.input);
  if (video.frames.size() != truth.frames.size())
    complain(text(video.frames.size(), " frames, the source has ", truth.frames.size()));
  std::size_t samples = 0;
  for (const auto& segment : track.segments)
    samples += segment.samples.size();
  if (samples != video.frames.size())
    complain(text(samples, " samples give ", video.frames.size(), " frames"));
  const auto tick = nanoseconds{1'000'000'000 / static_cast<std::int64_t>(track.timescale) + 1};
  const auto count = std::min(video.frames.size(), truth.frames.size());
  const auto shift =
      count == 0 ? nanoseconds{0} : shown_at(track, video, video.frames[0]) - truth.frames[0].time;
  if (abs(shift) > tick + allowed.zero)
    complain(text("all is ", ms(shift), " ms late"));
  const auto ignored = abs(shift) <= tick ? nanoseconds{0} : shift;
  int wrong = 0;
  for (std::size_t n = 0; n < count && wrong < 5; ++n) {
    const auto& seen = video.frames[n];
    const auto& should = truth.frames[n];
    const auto late = shown_at(track, video, seen) - ignored - should.time;
    if (allowed.numbers && seen.number != should.number)
      complain(text("frame ", n, " shows number ", seen.number, " instead of ", should.number)),
          ++wrong;
    if (abs(late) > tick)
      complain(text("frame ", n, " is ", ms(late), " ms late")), ++wrong;
  }
}

/// The burst nearest to each flash, and how far away: positive when the sound is late.
struct offset {
  nanoseconds at, sound_late;
};
std::vector<offset> offsets(const std::vector<nanoseconds>& flashes,
                            const std::vector<nanoseconds>& bursts) {
  std::vector<offset> out;
  for (const auto flash : flashes) {
    const auto nearest =
        std::ranges::min_element(bursts, {}, [=](nanoseconds burst) { return abs(burst - flash); });
    if (nearest != bursts.end() && abs(*nearest - flash) < std::chrono::milliseconds{495})
      out.push_back({flash, *nearest - flash});
  }
  return out;
}

bool is_iso_media(const std::string& source) {
  const auto ending = std::filesystem::path{source}.extension();
  return ending == ".mp4" || ending == ".mov" || ending == ".m4a" || ending == ".3gp";
}

} // namespace

source_truth truth_of(const std::string& source, bool video, bool audio) {
  source_truth truth;
  const auto pictures = video ? decode_video(source) : decoded_video{};
  auto sound = audio ? decode_audio(source) : decoded_audio{};
  // ISO files show nothing before time zero: what ffmpeg gives there, in fragmented ones, is
  // priming.
  if (is_iso_media(source))
    sound.drop_before_zero();
  auto zero = nanoseconds::max();
  if (!pictures.frames.empty())
    zero = pictures.time_of(pictures.frames.front());
  if (!sound.samples.empty())
    zero = std::min(zero, sound.begin);
  for (const auto& one : pictures.frames)
    truth.frames.push_back({one.number, pictures.time_of(one) - zero});
  for (const auto flash : pictures.flashes())
    truth.flashes.push_back(flash - zero);
  for (const auto burst : sound.bursts())
    truth.bursts.push_back(burst - zero);
  truth.has_audio = !sound.samples.empty();
  if (truth.has_audio) {
    truth.audio_begin = sound.begin - zero;
    truth.audio_end = sound.end - zero;
  }
  truth.end = truth.audio_end;
  if (!truth.frames.empty())
    truth.end = std::max(truth.end, truth.frames.back().time);
  return truth;
}

findings check_frames(const package_seen& package, const source_truth& truth, leeway allowed) {
  findings found;
  if (package.video.empty() && !truth.frames.empty())
    found.push_back({"frames", "master.m3u8", "names no video"});
  for (const auto& one : package.video)
    compare_frames(one.track, truth, allowed, found);
  return found;
}

findings check_audio(const package_seen& package, const source_truth& truth, leeway allowed) {
  findings found;
  if (package.audio.empty() == truth.has_audio)
    found.push_back({"audio", "master.m3u8",
                     truth.has_audio ? "names no audio" : "names audio that the source has not"});
  bool first = true;
  for (const auto& one : package.audio) {
    const auto complain = [&](const std::string& what) {
      found.push_back({"audio", one.track.name, what});
    };
    const auto sound = decode_audio(one.track.input);
    for (const auto& gap : sound.gaps)
      complain(gap);
    const auto zero = nanoseconds{one.track.zero * 1'000'000'000 /
                                  static_cast<std::int64_t>(one.track.timescale)};
    const auto begin = sound.begin - zero, end = sound.end - zero;
    const nanoseconds frame{1024LL * 1'000'000'000 / 44'100};
    // Ours begins at the job's zero, whenever the first sound comes. What lies before zero is the
    // encoder's priming, which players drop (ffmpeg 5.1 does not, in fragmented files).
    if (begin > (one.track.transport ? frame : nanoseconds{1'000'000}) + allowed.zero)
      complain(text("begins at ", ms(begin), " ms"));
    // The first track is the one that was measured in the source.
    if (first && abs(end - truth.audio_end) > frame + allowed.zero)
      complain(text("ends at ", ms(end), " ms, the source at ", ms(truth.audio_end)));
    first = false;
  }
  return found;
}

findings check_sync(const package_seen& package, const source_truth& truth, leeway allowed) {
  findings found;
  const auto should = offsets(truth.flashes, truth.bursts);
  if (should.size() < 2 || package.audio.empty()) {
    found.push_back({"sync", "source", "has no two flashes with bursts to measure by"});
    return found;
  }
  const auto& sound_track = package.audio.front().track;
  auto bursts = decode_audio(sound_track.input).bursts();
  for (const auto& one : package.video) {
    auto flashes = decode_video(one.track.input).flashes();
    const auto zero = nanoseconds{one.track.zero * 1'000'000'000 /
                                  static_cast<std::int64_t>(one.track.timescale)};
    auto sounds = bursts;
    for (auto& time : flashes)
      time -= zero;
    const auto sound_zero = nanoseconds{sound_track.zero * 1'000'000'000 /
                                        static_cast<std::int64_t>(sound_track.timescale)};
    for (auto& time : sounds)
      time -= sound_zero;
    const auto are = offsets(flashes, sounds);
    if (are.size() != should.size()) {
      found.push_back({"sync", one.track.name,
                       text(are.size(), " flashes have a burst, in the source ", should.size())});
      continue;
    }
    for (const auto n : {std::size_t{0}, are.size() - 1})
      if (abs(are[n].sound_late - should[n].sound_late) >
          std::chrono::milliseconds{10} + allowed.sync)
        found.push_back({"sync", one.track.name,
                         text("at ", ms(are[n].at), " ms the sound is ", ms(are[n].sound_late),
                              " ms late, in the source ", ms(should[n].sound_late))});
  }
  return found;
}

} // namespace vdoc::test
