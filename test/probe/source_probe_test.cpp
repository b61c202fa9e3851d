#include "pipelines/probe/source_probe.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc::probe;
using namespace std::chrono_literals;

namespace {

/// Every field differs from its default, so that none can be forgotten.
source_probe full() {
  video_stream video{.codec = "hevc",
                     .codec_name = "HEVC (Main 10)",
                     .caps = "video/x-h265",
                     .coded_width_px = 720,
                     .coded_height_px = 576,
                     .display_width_px = 576,
                     .display_height_px = 1024,
                     .fps_numerator = 30000,
                     .fps_denominator = 1001,
                     .bit_depth = 10,
                     .chroma = "4:2:0",
                     .interlaced = true,
                     .alpha = true,
                     .turn = {true, 90},
                     .aspect_numerator = 64,
                     .aspect_denominator = 45,
                     .color = {"bt2100-hlg", "bt2020", "arib-std-b67", "bt2020nc", true, true},
                     .bitrate_bps = 1'234'567};
  source_probe probe;
  probe.container = "mp4";
  probe.duration = 12'345'678'901ns;
  probe.bytes = 5'000'000'000ULL;
  probe.title = "Ein Vortrag – \"quoted\"";
  probe.video = {video};
  probe.audio = {{"aac", "audio/mpeg", 6, 44'100, "de", "Commentary", true}, {}};
  probe.subtitles = {{"pgs", false, "en", "Signs"}};
  probe.chapters = {{1s, 2s, "One"}, {2s, 3s, ""}};
  probe.refused = {{"VVC (H.266) video", "no decoder"}};
  probe.warnings = {"two things"};
  return probe;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_source_probe)

BOOST_AUTO_TEST_CASE(survives_json) {
  const auto text = nlohmann::json(full()).dump();
  BOOST_TEST((nlohmann::json::parse(text).get<source_probe>() == full()));
}

BOOST_AUTO_TEST_CASE(writes_what_people_look_for) {
  const nlohmann::json json = full();
  BOOST_TEST(json["duration_ns"] == 12'345'678'901);
  BOOST_TEST(json["video"][0]["color"]["hdr"] == true);
  BOOST_TEST(json["audio"][0]["language"] == "de");
}

BOOST_AUTO_TEST_CASE(reads_what_an_older_version_wrote) {
  const auto probe = nlohmann::json::parse(R"({"container": "mp4"})").get<source_probe>();
  source_probe expected;
  expected.container = "mp4";
  BOOST_TEST((probe == expected));
}

BOOST_AUTO_TEST_CASE(names_audio_codecs_as_people_write_them) {
  BOOST_TEST(vdoc::probe::audio_codec_name("aac") == "AAC");
  BOOST_TEST(vdoc::probe::audio_codec_name("eac3") == "E-AC-3");
  BOOST_TEST(vdoc::probe::audio_codec_name("pcm_alaw") == "PCM (A-law)");
  BOOST_TEST(vdoc::probe::audio_codec_name("audio/x-new") == "audio/x-new");
}

BOOST_AUTO_TEST_SUITE_END()
