#include "pipelines/hls/hls.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::hls {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_media_playlist)

BOOST_AUTO_TEST_CASE(grows_as_an_event_under_a_promised_target) {
  media_playlist list;
  list.init_uri = "init.mp4";
  list.longest = 6s;
  list.segments = {{"00000.m4s", 4004ms, 500'000}, {"00001.m4s", 3'999'666'666ns, 400'000}};
  BOOST_TEST(write(list) == "#EXTM3U\n"
                            "#EXT-X-VERSION:6\n"
                            "#EXT-X-TARGETDURATION:6\n"
                            "#EXT-X-MEDIA-SEQUENCE:0\n"
                            "#EXT-X-PLAYLIST-TYPE:EVENT\n"
                            "#EXT-X-INDEPENDENT-SEGMENTS\n"
                            "#EXT-X-MAP:URI=\"init.mp4\"\n"
                            "#EXTINF:4.004000,\n"
                            "00000.m4s\n"
                            "#EXTINF:3.999667,\n"
                            "00001.m4s\n");
}

BOOST_AUTO_TEST_CASE(ends_as_a_recording_with_the_longest_segment_as_target) {
  media_playlist list;
  list.longest = 6s;
  list.ended = true;
  list.segments = {{"0.ts", 4499ms, 1}, {"1.ts", 33ms, 1}};
  BOOST_TEST(write(list) == "#EXTM3U\n"
                            "#EXT-X-VERSION:3\n"
                            "#EXT-X-TARGETDURATION:4\n"
                            "#EXT-X-MEDIA-SEQUENCE:0\n"
                            "#EXT-X-PLAYLIST-TYPE:VOD\n"
                            "#EXT-X-INDEPENDENT-SEGMENTS\n"
                            "#EXTINF:4.499000,\n"
                            "0.ts\n"
                            "#EXTINF:0.033000,\n"
                            "1.ts\n"
                            "#EXT-X-ENDLIST\n");
}

BOOST_AUTO_TEST_CASE(raises_its_target_for_a_segment_longer_than_promised) {
  media_playlist list;
  list.longest = 6s;
  list.segments = {{"0.ts", 12'500ms, 1}};
  BOOST_TEST(write(list).find("#EXT-X-TARGETDURATION:13\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(has_a_target_of_at_least_a_second) {
  media_playlist list;
  list.ended = true;
  list.segments = {{"0.ts", 40ms, 1}};
  BOOST_TEST(write(list).find("#EXT-X-TARGETDURATION:1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(escapes_what_a_uri_cannot_hold) {
  media_playlist list;
  list.init_uri = "a \"b\".mp4";
  list.segments = {{"#1\n100%.m4s", 1s, 1}};
  const auto text = write(list);
  BOOST_TEST(text.find("#EXT-X-MAP:URI=\"a%20%22b%22.mp4\"\n") != std::string::npos);
  BOOST_TEST(text.find("\n%231%0A100%25.m4s\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_master_playlist)

namespace {

master_playlist film() {
  master_playlist list;
  list.variants = {
      {"video/720p/index.m3u8", "avc1.64001f", 1280, 720, 29.97003, 3'000'000, 2'000'000, "SDR"},
      {"video/360p/index.m3u8", "avc1.64001e", 640, 360, 29.97003, 800'000, 0, ""}};
  list.audio = {{"audio/en/index.m3u8", "English", "en", "mp4a.40.2", 2, true, 1, 1},
                {"audio/de/index.m3u8", "Deutsch", "de", "mp4a.40.2", 6, false, 1, 1}};
  list.subtitles = {{"captions/en.m3u8", "English", "en", true, false},
                    {"captions/forced.m3u8", "English", "en", true, true}};
  return list;
}

} // namespace

BOOST_AUTO_TEST_CASE(lists_groups_then_variants) {
  BOOST_TEST(
      write(film()) ==
      "#EXTM3U\n"
      "#EXT-X-VERSION:6\n"
      "#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,"
      "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio/en/index.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=NO,"
      "AUTOSELECT=YES,CHANNELS=\"6\",URI=\"audio/de/index.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subtitles\",NAME=\"English\",LANGUAGE=\"en\","
      "DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI=\"captions/en.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subtitles\",NAME=\"English (2)\",LANGUAGE=\"en\","
      "DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI=\"captions/forced.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,"
      "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,"
      "AUDIO=\"audio\",SUBTITLES=\"subtitles\",CLOSED-CAPTIONS=NONE\n"
      "video/720p/index.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=640x360,"
      "FRAME-RATE=29.970,AUDIO=\"audio\",SUBTITLES=\"subtitles\",CLOSED-CAPTIONS=NONE\n"
      "video/360p/index.m3u8\n");
}

BOOST_AUTO_TEST_CASE(of_a_silent_film_has_no_groups) {
  auto list = film();
  list.audio.clear();
  list.subtitles.clear();
  list.variants.pop_back();
  BOOST_TEST(write(list) ==
             "#EXTM3U\n"
             "#EXT-X-VERSION:6\n"
             "#EXT-X-INDEPENDENT-SEGMENTS\n"
             "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS=\"avc1.64001f\","
             "RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE\n"
             "video/720p/index.m3u8\n");
}

BOOST_AUTO_TEST_CASE(of_sound_alone_never_offers_languages_as_qualities) {
  auto list = film();
  list.subtitles.clear();
  list.variants = {{"audio/de/index.m3u8", "", 0, 0, 0, 130'000, 128'000, ""},
                   {"audio/en/index.m3u8", "", 0, 0, 0, 131'000, 128'000, ""}};
  BOOST_TEST(
      write(list) ==
      "#EXTM3U\n"
      "#EXT-X-VERSION:6\n"
      "#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,"
      "AUTOSELECT=YES,CHANNELS=\"2\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=NO,"
      "AUTOSELECT=YES,CHANNELS=\"6\",URI=\"audio/de/index.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=131000,AVERAGE-BANDWIDTH=128000,CODECS=\"mp4a.40.2\","
      "AUDIO=\"audio\",CLOSED-CAPTIONS=NONE\n"
      "audio/en/index.m3u8\n");
}

BOOST_AUTO_TEST_CASE(keeps_names_from_breaking_out_of_their_quotes) {
  auto list = film();
  list.audio.resize(1);
  list.audio[0].name = "The \"cut\"\n#EXT-X-ENDLIST";
  BOOST_TEST(write(list).find("NAME=\"The 'cut' #EXT-X-ENDLIST\",") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_a_frame_rate_to_three_decimals) {
  auto list = film();
  list.variants.resize(1);
  for (const auto& [rate, text] :
       {std::pair{23.976023, "23.976"}, {25.0, "25.000"}, {0.5, "0.500"}, {119.88, "119.880"}}) {
    list.variants[0].frame_rate = rate;
    BOOST_TEST(write(list).find(",FRAME-RATE=" + std::string{text} + ",") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_bandwidth)

BOOST_AUTO_TEST_CASE(is_the_highest_of_any_neighbours_near_the_target) {
  const std::vector<segment> list{
      {"", 4s, 1'000'000}, {"", 4s, 2'000'000}, {"", 4s, 500'000}, {"", 1s, 1'000'000}};
  BOOST_TEST(average_bps(list) == 2'769'231); // rounded up
  // The last second alone is too short to count; with the four before it is not the highest.
  BOOST_TEST(peak_bps(list) == 4'000'000);
}

BOOST_AUTO_TEST_CASE(counts_a_short_burst_together_with_its_neighbour) {
  const std::vector<segment> list{{"", 4s, 500'000}, {"", 1s, 1'000'000}};
  BOOST_TEST(peak_bps(list) == 2'400'000);
}

BOOST_AUTO_TEST_CASE(of_a_single_short_segment_is_its_own_rate) {
  BOOST_TEST(peak_bps(std::vector<segment>{{"", 100ms, 1'000}}) == 80'000);
  BOOST_TEST(peak_bps({}) == 0);
  // Half a target in the playlist, but for a nanosecond that a demuxer has cut off.
  BOOST_TEST(peak_bps(std::vector<segment>{{"", 2s, 24'000}, {"", 999'999'999ns, 13'000}}) ==
             104'000);
  BOOST_TEST(average_bps({}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::hls
