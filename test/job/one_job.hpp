#pragma once

#include "actors/job/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

/// The words in which tests tell the story of a job's rules.
namespace vdoc::test {

using namespace vdoc::job;
using namespace std::chrono_literals;

inline constexpr task open_it{work::open, 0, 0};
inline constexpr task read_it{work::read, 0, 0};
inline constexpr task compose_it{work::compose, 0, 0};
inline constexpr task remux_it{work::remux, 0, 0};

inline task encode(std::uint32_t index, std::uint32_t part = 0) {
  return {work::encode, index, part};
}
inline task pack(std::uint32_t index, std::uint32_t part = 0) {
  return {work::pack, index, part};
}

/// One job and the words to tell its story. Slots are granted by the test; everything that is
/// remembered is kept, so that a later run can be resumed from it.
struct one_job {
  spec wanted;
  std::optional<rules> job;
  std::vector<effect> seen;
  std::vector<manifest::record> journal;

  one_job() {
    wanted.source = "talk.mp4";
    wanted.name = "talk";
    wanted.rungs = {{720, 5000, 10000}, {360, 1000, 2000}};
    wanted.captions = false;
    wanted.document = false;
    wanted.picture_every_ms = 0;
  }

  void happens(const event& what) {
    seen = job->on(what);
    for (const auto& one : seen)
      if (const auto* kept = std::get_if<remember>(&one))
        journal.push_back(kept->what);
  }

  template <class Effect> std::vector<Effect> all() const {
    std::vector<Effect> list;
    for (const auto& one : seen)
      if (const auto* fits = std::get_if<Effect>(&one))
        list.push_back(*fits);
    return list;
  }

  bool wants(const task& what) const {
    const auto list = all<want_slot>();
    return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.what == what; });
  }

  void grant(const task& what, const std::string& host = "host-1") { happens(granted{what, host}); }

  static manifest::source_opened source(bool video, std::size_t audio_tracks) {
    manifest::source_opened opened;
    opened.local_path = "/in/talk.mp4";
    opened.fingerprint = "abc";
    if (video) {
      probe::video_stream stream;
      stream.codec = "hevc";
      stream.coded_width_px = stream.display_width_px = 1280;
      stream.coded_height_px = stream.display_height_px = 720;
      stream.fps_numerator = 25;
      opened.probe.video.push_back(stream);
    }
    opened.probe.audio.resize(audio_tracks);
    return opened;
  }

  void begins(bool video = true, std::size_t audio_tracks = 0) {
    job.emplace(wanted, manifest::state{});
    happens(start{});
    BOOST_TEST(wants(open_it));
    grant(open_it);
    happens(opened{source(video, audio_tracks), {}});
  }

  static fragment::fragment piece(std::uint32_t index) {
    fragment::fragment one;
    one.index = index;
    one.run = "runs/" + std::to_string(index);
    one.begin = 4s * index;
    one.end = 4s * (index + 1);
    one.frames = 100;
    one.hash = "f00" + std::to_string(index);
    return one;
  }

  gst::transcode_result result(const task& what) const {
    gst::transcode_result made;
    for (const auto& name : job->renditions_of(what))
      made.renditions.push_back({name,
                                 "encoded/" + name + "/" + std::to_string(what.index),
                                 100,
                                 1000,
                                 {1, 2, 3},
                                 "bt709"});
    made.frames_decoded = 100;
    return made;
  }

  std::vector<manifest::segment_packed> segments(const task& what) const {
    std::vector<manifest::segment_packed> list;
    for (const auto& name : job->renditions_of(what)) {
      manifest::segment_packed one;
      one.track = name;
      one.index = what.index;
      list.push_back(one);
    }
    return list;
  }

  void encodes_and_packs(const task& what) {
    grant(what);
    happens(encoded{what, result(what)});
    const task packing{work::pack, what.index, what.part};
    grant(packing);
    happens(packed{packing, segments(packing)});
  }

  void is_cut(std::uint32_t index) { happens(cut{piece(index)}); }

  void reads_to_the_end() {
    gst::demux_summary summary;
    summary.duration = 8s;
    happens(read_to_end{summary});
  }

  manifest::state remembered() const {
    manifest::state known;
    for (const auto& one : journal)
      known.apply(*manifest::from_line(manifest::to_line(one)));
    return known;
  }
};

} // namespace vdoc::test
