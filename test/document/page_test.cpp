#include "pipelines/captions/layout.hpp"
#include "pipelines/captions/write.hpp"
#include "pipelines/document/document.hpp"
#include "pipelines/document/thumbnails.hpp"
#include "test/document/synthetic_pictures.hpp"
#include "test/support/browser.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vdoc::document;
using namespace vdoc::document::test;
using namespace std::chrono_literals;
namespace captions = vdoc::captions;
using vdoc::test::browse;
using vdoc::test::run;
using vdoc::test::run_or_throw;

namespace {

/// A finished folder of 40 s, as the engine leaves it: two slides, each with its speech.
struct a_finished_folder {
  vdoc::test::temp_folder here;
  document_source source;

  a_finished_folder() {
    source.title = "Slides & <speech>";
    source.duration = 40s;
    source.description = {"MP4, H.264, 320 x 180", "25 frames per second"};
    source.media_href = "../video.mp4";
    source.picture_folder = here.path();
    for (int at = 0; at < 40; ++at) {
      const auto shown = slide(static_cast<unsigned>(at / 20) + 1);
      const std::string name = std::to_string(at / 20) + ".jpg";
      if (at % 20 == 0)
        paint(here / name, shown, {640, 360});
      source.pictures.push_back(test::at(std::chrono::seconds{at}, shown, name));
    }
  }

  void speak() {
    source.transcript = {"en",
                         "pocketsphinx",
                         true,
                         false,
                         {say("this is the first of two slides that we made for a test", 1s),
                          say("it says nothing of importance", 9s),
                          say("and here is the second slide which is the last one", 21s),
                          say("thank you for listening to the test", 32s)}};
    const auto cues = captions::lay_out(source.transcript, source.duration);
    std::filesystem::create_directories(here / "captions");
    std::ofstream{here / "captions/en.vtt"} << captions::write_vtt(cues, "a < b --> c");
    std::ofstream{here / "captions/en.srt"} << captions::write_srt(cues);
    std::ofstream{here / "captions/segment.vtt"} << captions::vtt_segment(cues, 0s, 10s, 900'000);
    source.captions = {{"en", "English", cues, "../captions/en.vtt"}};
  }

  void film(const std::vector<std::string>& streams) const {
    std::vector<std::string> words{"ffmpeg", "-v", "error", "-y"};
    words.insert(words.end(), streams.begin(), streams.end());
    words.insert(words.end(),
                 {"-t", "40", "-c:a", "aac", "-movflags", "+faststart", here / "video.mp4"});
    run_or_throw(words);
  }

  void film_with_sound() const {
    film({"-f", "lavfi", "-i", "testsrc=size=320x180:rate=25", "-f", "lavfi", "-i",
          "sine=frequency=300", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"});
  }

  void write() {
    const auto tiles =
        write_thumbnails(source.pictures, here.path(), source.duration, here / "thumbnails");
    source.thumbnails = tiles;
    for (auto& href : source.thumbnails.hrefs)
      href.insert(0, "../thumbnails/");
    if (tiles.count > 0)
      source.poster_href = "../thumbnails/poster.jpg";
    write_document(source, here / "document");
  }

  void check_page() const {
    const auto seen = browse("document_page.mjs", {(here / "document").string()});
    BOOST_TEST(seen.succeeded(), seen.story() << "\n" << seen.out);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_page, a_finished_folder)

BOOST_AUTO_TEST_CASE(plays_seeks_and_searches_from_disk_without_a_fault) {
  film_with_sound();
  speak();
  source.playlist_href = "../master.m3u8"; // of no use from disk
  source.downloads = {{"Video, 320 x 180", "../video.mp4"}, {"Captions", "../captions/en.srt"}};
  source.warnings = {"damaged at 12.3 s: 3 pictures missing"};
  source.chapters = {{0s, 20s, "The first slide"}, {20s, 40s, "The <second> slide"}};
  write();
  check_page();
}

BOOST_AUTO_TEST_CASE(can_be_one_of_sound_alone) {
  film({"-f", "lavfi", "-i", "sine=frequency=300"});
  speak();
  source.pictures.clear();
  source.has_video = false;
  write();
  check_page();
}

BOOST_AUTO_TEST_CASE(can_be_one_without_speech) {
  film_with_sound();
  source.speech_note = "Captions were switched off.";
  write();
  check_page();
}

BOOST_AUTO_TEST_CASE(can_have_nothing_but_a_title) {
  source.pictures.clear();
  source.media_href.clear();
  write();
  check_page();
}

BOOST_AUTO_TEST_CASE(comes_with_captions_that_are_valid) {
  speak();
  const auto seen =
      run({{"node", (VDOC_SOURCE_DIR "/test/browser/vtt_valid.mjs"), "--readable",
            here / "captions/en.vtt", here / "captions/en.srt", here / "captions/segment.vtt"},
           {},
           {}},
          1min);
  BOOST_TEST(seen.succeeded(), seen.story() << "\n" << seen.out);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A small HLS folder that ffmpeg made, with our captions as a subtitle rendition.
struct a_folder_with_a_playlist : a_finished_folder {
  a_folder_with_a_playlist() { speak(); }

  void write_hls(const std::vector<std::string>& format, std::int64_t mpegts) const {
    std::vector<std::string> words{"ffmpeg",
                                   "-v",
                                   "error",
                                   "-y",
                                   "-f",
                                   "lavfi",
                                   "-i",
                                   "testsrc=size=320x180",
                                   "-f",
                                   "lavfi",
                                   "-i",
                                   "sine",
                                   "-t",
                                   "40",
                                   "-c:v",
                                   "libx264",
                                   "-g",
                                   "100",
                                   "-bf",
                                   "0",
                                   "-preset",
                                   "ultrafast",
                                   "-pix_fmt",
                                   "yuv420p",
                                   "-c:a",
                                   "aac",
                                   "-hls_time",
                                   "4",
                                   "-hls_playlist_type",
                                   "vod"};
    words.insert(words.end(), format.begin(), format.end());
    words.push_back(here / "video.m3u8");
    run_or_throw(words);
    const auto bounds = captions::even_boundaries(source.duration, 4s);
    const auto segments = captions::vtt_segments(source.captions[0].cues, bounds, mpegts);
    std::ofstream playlist{here / "captions/en.m3u8"};
    playlist << "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    for (std::size_t at = 0; at < segments.size(); ++at) {
      const std::string name = std::to_string(at) + ".vtt";
      std::ofstream{here / ("captions/" + name)} << segments[at];
      playlist << "#EXTINF:4.0,\n" << name << "\n";
    }
    playlist << "#EXT-X-ENDLIST\n";
    std::ofstream{here / "master.m3u8"}
        << "#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",LANGUAGE=\"en\","
           "URI=\"captions/en.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=320x180,"
           "FRAME-RATE=25,CODECS=\"avc1.42c00d,mp4a.40.2\",SUBTITLES=\"s\"\nvideo.m3u8\n";
  }

  void play() const {
    const auto seen = browse("play_hls.mjs", {here.path().string(), "--rate", "8"});
    BOOST_TEST(seen.succeeded(), seen.story() << "\n" << seen.out);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(captions_in_a_playlist, a_folder_with_a_playlist)

BOOST_AUTO_TEST_CASE(show_at_their_time_beside_fragmented_mp4) {
  write_hls({"-hls_segment_type", "fmp4"}, 0);
  play();
}

BOOST_AUTO_TEST_CASE(are_beside_a_document_that_plays_the_playlist_when_it_is_served) {
  write_hls({"-hls_segment_type", "fmp4"}, 0);
  film_with_sound();
  source.playlist_href = "../master.m3u8";
  write();
  check_page();
}

BOOST_AUTO_TEST_CASE(show_at_their_time_beside_mpeg_ts) {
  write_hls({"-an", "-hls_segment_type", "mpegts", "-muxdelay", "0", "-muxpreload", "0",
             "-output_ts_offset", "10"},
            900'000);
  play();
}

BOOST_AUTO_TEST_SUITE_END()
