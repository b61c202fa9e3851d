#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"

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

/// Where the job's timeline begins on a rendition's own.
nanoseconds zero_of(const track_seen& track) {
  return nanoseconds{track.zero * 1'000'000'000 / static_cast<std::int64_t>(track.timescale)};
}

/// A rendition's frame on the job's timeline.
nanoseconds shown_at(const track_seen& track, const decoded_video& video,
                     const decoded_frame& one) {
  return video.time_of(one) - zero_of(track);
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

int audio_streams_in(const std::string& source) {
  const auto listed =
      ffprobe(source, {"-select_streams", "a", "-show_entries", "stream=index"}).at("streams");
  return static_cast<int>(listed.size());
}

/// What is wrong with one rendition of sound, beside its track in the source.
std::vector<std::string> compare_sound(const track_seen& track, const decoded_audio& sound,
                                       const source_truth::sound& should, leeway allowed) {
  std::vector<std::string> wrong = sound.gaps;
  const auto begin = sound.begin - zero_of(track), end = sound.end - zero_of(track);
  const nanoseconds frame{1024LL * 1'000'000'000 / 44'100};
  // Ours begins at the job's zero, whenever the first sound comes. What lies before zero is the
  // encoder's priming, which players drop (ffmpeg 5.1 does not, in fragmented files).
  if (begin > (track.transport ? frame : nanoseconds{1'000'000}) + allowed.zero)
    wrong.push_back(text("begins at ", ms(begin), " ms"));
  if (abs(end - should.end) > frame + allowed.zero)
    wrong.push_back(text("ends at ", ms(end), " ms, the source at ", ms(should.end)));
  const auto bursts = sound.bursts();
  if (bursts.size() != should.bursts.size()) {
    wrong.push_back(text(bursts.size(), " bursts, the source has ", should.bursts.size()));
    return wrong;
  }
  for (const auto n : {std::size_t{0}, bursts.size() - 1})
    if (const auto late =
            bursts.empty() ? nanoseconds{0} : bursts[n] - zero_of(track) - should.bursts[n];
        abs(late) > std::chrono::milliseconds{10} + allowed.zero + allowed.sync)
      wrong.push_back(text("the burst at ", ms(should.bursts[n]), " ms is ", ms(late), " ms late"));
  return wrong;
}

bool is_iso_media(const std::string& source) {
  const auto ending = std::filesystem::path{source}.extension();
  return ending == ".mp4" || ending == ".mov" || ending == ".m4a" || ending == ".3gp";
}

} // namespace

source_truth truth_of(const std::string& source, bool video, bool audio) {
  source_truth truth;
  const auto pictures = video ? decode_video(source) : decoded_video{};
  for (int n = 0, count = audio ? audio_streams_in(source) : 0; n < count; ++n) {
    auto sound = decode_audio(source, n);
    // ISO files show nothing before time zero: what ffmpeg gives there, in fragmented ones, is
    // priming.
    if (is_iso_media(source))
      sound.drop_before_zero();
    if (!sound.samples.empty())
      truth.sounds.push_back({sound.begin, sound.end, sound.bursts(), sound.loudest()});
  }
  auto zero = nanoseconds::max();
  if (!pictures.frames.empty())
    zero = pictures.time_of(pictures.frames.front());
  for (const auto& sound : truth.sounds)
    zero = std::min(zero, sound.begin);
  for (const auto& one : pictures.frames)
    truth.frames.push_back({one.number, pictures.time_of(one) - zero});
  for (const auto flash : pictures.flashes())
    truth.flashes.push_back(flash - zero);
  for (auto& sound : truth.sounds) {
    sound.begin -= zero;
    sound.end -= zero;
    for (auto& burst : sound.bursts)
      burst -= zero;
  }
  truth.zero = zero;
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
  if (package.audio.size() != truth.sounds.size()) {
    found.push_back({"audio", "master.m3u8",
                     text("names ", package.audio.size(), " renditions of sound, the source has ",
                          truth.sounds.size())});
    return found;
  }
  float loudest = 0;
  for (std::size_t n = 0; n < truth.sounds.size(); ++n) {
    const auto& track = package.audio[n].track;
    const auto sound = decode_audio(track.input);
    for (const auto& what : compare_sound(track, sound, truth.sounds[n], allowed))
      found.push_back({"audio", track.name, what});
    if (n == 0)
      loudest = sound.loudest();
    // What was mixed down may be louder or softer than ffmpeg mixes it, by less than 3 dB.
    const auto is = sound.loudest() / loudest;
    const auto should = truth.sounds[n].loudest / truth.sounds[0].loudest;
    if (!(is > 0.7F * should && is < 1.4F * should))
      found.push_back(
          {"audio", track.name, text(is, " times as loud as the first, in the source ", should)});
  }
  return found;
}

findings check_sync(const package_seen& package, const source_truth& truth, leeway allowed) {
  findings found;
  const auto should = offsets(truth.flashes, truth.sounds.at(0).bursts);
  if (should.size() < 2 || package.audio.empty()) {
    found.push_back({"sync", "source", "has no two flashes with bursts to measure by"});
    return found;
  }
  const auto& sound_track = package.audio.front().track;
  auto bursts = decode_audio(sound_track.input).bursts();
  for (const auto& one : package.video) {
    auto flashes = decode_video(one.track.input).flashes();
    auto sounds = bursts;
    for (auto& time : flashes)
      time -= zero_of(one.track);
    for (auto& time : sounds)
      time -= zero_of(sound_track);
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
