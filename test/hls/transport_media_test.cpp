#include "pipelines/hls/timeline.hpp"
#include "test/hls/made_source.hpp"
#include "test/support/command.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

namespace {

/// What ffmpeg has to complain about, decoding to nowhere.
std::string complaints(const std::filesystem::path& file) {
  return run_or_throw({"ffmpeg", "-v", "warning", "-i", file.string(), "-f", "null", "-"}).err;
}

struct transport_source : made_source {
  std::filesystem::path stream = folder / "made.ts";

  void check(const coded_track& track, const std::vector<part>& parts, const std::string& kind) {
    write_transport(track, parts, stream);
    const auto seen = packets_in(stream.string(), kind);
    const auto pts = hls::presentation_ticks(track.units, 90'000);
    BOOST_REQUIRE(seen.size() == pts.size());
    for (std::size_t i = 0; i < pts.size(); ++i) {
      BOOST_TEST(seen[i].pts == pts[i] + hls::transport_zero);
      BOOST_TEST(seen[i].dts <= seen[i].pts);
      BOOST_TEST(seen[i].key == track.units[i].key);
      if (i > 0)
        BOOST_TEST(seen[i - 1].dts < seen[i].dts);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_transport_stream_that_ffmpeg_reads, transport_source)

BOOST_AUTO_TEST_CASE(keeps_every_time_of_pictures) {
  encode_video("30000/1001", "keyint=30:min-keyint=30:scenecut=0:bframes=3", "30000");
  const auto track = read_coded(source, "v:0");
  check(track, cut_at_keys(track), "v:0");
  BOOST_TEST(complaints(stream) == "");
  const auto seen = packets_in(stream.string(), "v:0");
  BOOST_TEST(seen.at(0).dts == hls::transport_zero - 6006);
  for (std::size_t i = 1; i < seen.size(); ++i)
    BOOST_TEST(seen[i].dts - seen[i - 1].dts == 3003);
}

BOOST_AUTO_TEST_CASE(keeps_every_time_of_a_slide_show) {
  encode_video("30", "keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0", "90000",
               {"-vf", "setpts=N*0.7/TB", "-fps_mode", "vfr", "-frames:v", "36"});
  const auto track = read_coded(source, "v:0");
  check(track, cut_at_keys(track), "v:0");
}

BOOST_AUTO_TEST_CASE(keeps_every_time_of_sound) {
  for (const std::string rate : {"48000", "44100"}) {
    encode_sound(rate, "3.3");
    auto track = read_coded(source, "a:0");
    track.what.language = "de";
    check(track, cut_every(track, 40), "a:0");
    BOOST_TEST(complaints(stream) == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
