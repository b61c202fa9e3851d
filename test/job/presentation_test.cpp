#include "actors/job/presentation.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc;
using namespace vdoc::job;
using namespace std::chrono_literals;

namespace {

/// A job with a 1280x720 source at 25 fps, two renditions and two audio tracks.
struct shown_job {
  manifest::state known;
  spec wanted;

  shown_job() {
    wanted.name = "talk";
    wanted.source = "/in/talk.mp4";
    known.spec = canonical(wanted);
    manifest::source_opened source;
    probe::video_stream video;
    video.fps_numerator = 25;
    video.display_width_px = 1280;
    video.display_height_px = 720;
    source.probe.video.push_back(video);
    source.probe.audio.resize(2);
    source.probe.audio[0].language = "en";
    source.probe.audio[1].language = "de";
    source.probe.audio[1].is_default = true;
    source.probe.duration = 8s;
    source.ladder = {{"720p", 1280, 720, 6000, 12000, false},
                     {"360p", 640, 360, 1000, 2000, false}};
    known.apply(source);
  }

  void packs(const std::string& track, std::uint32_t index, std::uint64_t bytes,
             std::uint32_t frames, const std::string& codec) {
    manifest::segment_packed one;
    one.track = track;
    one.index = index;
    one.uri = "0000" + std::to_string(index) + ".m4s";
    one.init_uri = "init.mp4";
    one.codec = codec;
    one.begin = 4s * index;
    one.end = 4s * (index + 1);
    one.bytes = bytes;
    one.frames = frames;
    known.apply(one);
  }
  void packs_video(const std::string& track, std::uint32_t index, std::uint64_t bytes) {
    packs(track, index, bytes, 100, track == "720p" ? "avc1.64001F" : "avc1.64001E");
  }
  void packs_audio(std::uint32_t track, std::uint32_t index) {
    gst::audio_segment segment;
    segment.track = track;
    segment.index = index;
    known.apply(manifest::audio_encoded{segment});
    packs(manifest::audio_track_name(track), index, 64'000, 188, "mp4a.40.2");
  }
  [[nodiscard]] rules job() const { return {wanted, known}; }

  [[nodiscard]] std::string file(const std::string& path, bool ended = true) const {
    for (const auto& [name, text] : playlists(job(), ended))
      if (name == path)
        return text;
    return "";
  }
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_presentation_of_a_job, shown_job)

BOOST_AUTO_TEST_CASE(is_nothing_before_the_first_segment) {
  BOOST_TEST(playlists(job(), false).empty());
  packs_audio(0, 0); // sound alone does not play a video
  BOOST_TEST(file("master.m3u8", false).empty());
}

BOOST_AUTO_TEST_CASE(lists_only_renditions_that_can_be_played) {
  packs_video("360p", 0, 200'000);
  const auto master = file("master.m3u8", false);
  BOOST_TEST(count(master, "video/360p/index.m3u8") == 1U);
  BOOST_TEST(count(master, "720p") == 0U);
}

BOOST_AUTO_TEST_CASE(stops_a_playlist_at_the_first_gap) {
  packs_video("720p", 0, 1'000'000);
  packs_video("720p", 2, 1'000'000);
  BOOST_TEST(count(file("video/720p/index.m3u8", false), "#EXTINF") == 1U);
  packs_video("720p", 1, 1'000'000);
  BOOST_TEST(count(file("video/720p/index.m3u8", false), "#EXTINF") == 3U);
}

BOOST_AUTO_TEST_CASE(grows_as_an_event_and_ends_as_vod) {
  packs_video("720p", 0, 1'000'000);
  const auto growing = file("video/720p/index.m3u8", false);
  BOOST_TEST(count(growing, "#EXT-X-PLAYLIST-TYPE:EVENT") == 1U);
  BOOST_TEST(count(growing, "#EXT-X-ENDLIST") == 0U);
  const auto done = file("video/720p/index.m3u8", true);
  BOOST_TEST(count(done, "#EXT-X-PLAYLIST-TYPE:VOD") == 1U);
  BOOST_TEST(count(done, "#EXT-X-ENDLIST") == 1U);
}

BOOST_AUTO_TEST_CASE(computes_bandwidth_from_what_was_made) {
  packs_video("720p", 0, 1'000'000); // 4 s: 2 Mbit/s
  packs_video("720p", 1, 500'000);   // 1 Mbit/s
  packs_audio(0, 0);                 // 64 kB in 4 s: 128 kbit/s
  packs_audio(0, 1);
  const auto master = file("master.m3u8");
  BOOST_TEST(count(master, "BANDWIDTH=2128000") == 1U);
  BOOST_TEST(count(master, "AVERAGE-BANDWIDTH=1628000") == 1U);
  BOOST_TEST(count(master, "RESOLUTION=1280x720") == 1U);
  BOOST_TEST(count(master, "FRAME-RATE=25.000") == 1U);
  BOOST_TEST(count(master, "avc1.64001F,mp4a.40.2") == 1U);
}

BOOST_AUTO_TEST_CASE(offers_every_audio_track_with_its_language_and_the_source_s_default) {
  packs_video("720p", 0, 1'000'000);
  packs_audio(0, 0);
  packs_audio(1, 0);
  const auto master = file("master.m3u8");
  BOOST_TEST(count(master, "TYPE=AUDIO") == 2U);
  BOOST_TEST(count(master, "LANGUAGE=\"de\"") == 1U);
  BOOST_TEST(count(master, "DEFAULT=YES") == 1U);
  const auto german = master.find("audio/de/index.m3u8");
  const auto line = master.substr(master.rfind('\n', german) + 1, 400);
  BOOST_TEST(line.substr(0, line.find('\n')).find("DEFAULT=YES") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_tracks_of_one_language_folders_of_their_own) {
  auto probe = known.source->probe;
  BOOST_TEST(audio_folder(probe, 0) == "audio/en");
  probe.audio[1].language = "en";
  BOOST_TEST(audio_folder(probe, 0) == "audio/1-en");
  BOOST_TEST(audio_folder(probe, 1) == "audio/2-en");
  probe.audio[0].language = "";
  BOOST_TEST(audio_folder(probe, 0) == "audio/1");
  probe.audio[0].language = "../../etc";
  BOOST_TEST(audio_folder(probe, 0) == "audio/1");
}

BOOST_AUTO_TEST_CASE(reports_frames_bytes_and_whose_fault_it_was) {
  packs_video("720p", 0, 1'000'000);
  packs_video("720p", 1, 500'000);
  known.warnings.emplace_back("damaged");
  circumstances around;
  around.state = "failed";
  around.why = {culprit::user, "broken", "repair it", "fragment 3"};
  around.stages[work::encode] = {2, 3, 4s, 3s};
  const auto told = nlohmann::json::parse(report(job(), around));
  BOOST_TEST(told["state"] == "failed");
  BOOST_TEST(told["error"]["whose"] == "input");
  BOOST_TEST(told["error"]["advice"] == "repair it");
  BOOST_TEST(told["renditions"][0]["frames"] == 200);
  BOOST_TEST(told["renditions"][0]["bytes"] == 1'500'000);
  BOOST_TEST(told["renditions"][0]["average_bitrate_bps"] == 1'500'000);
  BOOST_TEST(told["renditions"][1]["name"] == "360p");
  BOOST_TEST(told["stages"]["transcode"]["cpu_s"] == 3.0);
  BOOST_TEST(told["stages"]["transcode"]["attempts"] == 3);
  BOOST_TEST(told["warnings"][0] == "damaged");
}

BOOST_AUTO_TEST_CASE(tells_each_segment_once_and_none_behind_a_gap) {
  const auto named = [](const std::vector<listed_segment>& all) {
    std::string text;
    for (const auto& one : all)
      text += one.uri + " ";
    return text;
  };
  packs_video("720p", 0, 1'000'000);
  packs_video("720p", 2, 1'000'000);
  packs_audio(0, 0);
  listed_counts told;
  BOOST_TEST(named(newly_listed(job(), told)) == "video/720p/00000.m4s audio/en/00000.m4s ");
  BOOST_TEST(newly_listed(job(), told).empty());
  packs_video("720p", 1, 1'000'000);
  const auto rest = newly_listed(job(), told);
  BOOST_TEST(named(rest) == "video/720p/00001.m4s video/720p/00002.m4s ");
  BOOST_TEST(rest.back().number == 2u);
  BOOST_TEST(rest.back().duration_ns == 4'000'000'000);
  BOOST_TEST(count_listed(job()).at("720p") == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
