#include "pipelines/hls/progressive.hpp"
#include "pipelines/hls/timeline.hpp"
#include "test/hls/made_source.hpp"
#include "test/support/ffprobe.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

namespace {

struct remuxed_source : made_source {
  hls::remux_track stored(const coded_track& track, const std::vector<part>& parts,
                          const std::string& name) const {
    hls::remux_track out{track.what, {}, track.end};
    for (const auto& one : parts) {
      out.encoded.push_back(folder / (name + std::to_string(out.encoded.size()) + ".au"));
      fragment::access_unit_writer file{out.encoded.back(), {"any", false}};
      for (const auto& unit : one.units)
        file.append(unit);
      file.flush();
    }
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_progressive_file_that_ffmpeg_reads, remuxed_source)

BOOST_AUTO_TEST_CASE(decodes_to_the_source_with_its_times) {
  encode_video("30000/1001", "keyint=30:min-keyint=30:scenecut=0:bframes=3", "30000");
  const auto video = read_coded(source, "v:0");
  const auto film = source;
  source = folder / "sound.mp4";
  encode_sound("48000", "4.004");
  const auto audio = read_coded(source, "a:0");
  hls::write_progressive_mp4(
      made, {stored(video, cut_at_keys(video), "v"), stored(audio, cut_every(audio, 94), "a")});

  const auto pictures = packets_in(made.string(), "v:0");
  const auto pts = hls::presentation_ticks(video.units, 30'000);
  BOOST_REQUIRE(pictures.size() == pts.size());
  for (std::size_t i = 0; i < pts.size(); ++i) {
    BOOST_TEST(pictures[i].pts == pts[i]);
    BOOST_TEST(pictures[i].key == video.units[i].key);
    BOOST_TEST(pictures[i].dts == (static_cast<std::int64_t>(i) - 2) * 1001);
  }
  BOOST_CHECK_EQUAL(decoded_sums(made.string(), "v:0"), decoded_sums(film.string(), "v:0"));
  BOOST_CHECK_EQUAL(decoded_sums(made.string(), "a:0"), decoded_sums(source.string(), "a:0"));

  const auto streams = ffprobe_streams(made.string());
  const auto seen = first_stream(streams, "video"), heard = first_stream(streams, "audio");
  BOOST_TEST(number_in(seen, "start_time", -1) == 0.0);
  BOOST_TEST(number_in(heard, "start_time", -1) == 0.0);
  BOOST_TEST(number_in(seen, "duration", 0) == 4.004);
  BOOST_TEST(number_in(heard, "duration", 0) == 4.004);
  BOOST_TEST(seen.at("r_frame_rate") == "30000/1001");
}

BOOST_AUTO_TEST_CASE(starts_a_late_track_late) {
  encode_video("25", "keyint=25:min-keyint=25:scenecut=0:bframes=3", "12800");
  auto video = read_coded(source, "v:0");
  for (auto& unit : video.units)
    unit.pts += std::chrono::milliseconds{1480};
  video.end += std::chrono::milliseconds{1480};
  hls::write_progressive_mp4(made, {stored(video, cut_at_keys(video), "v")});
  BOOST_TEST(packets_in(made.string(), "v:0").at(0).pts == 12'800 * 148 / 100);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
