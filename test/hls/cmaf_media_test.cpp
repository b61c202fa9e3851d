#include "pipelines/hls/timeline.hpp"
#include "test/hls/made_source.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace vdoc::test {

namespace {

constexpr const char* short_groups = "keyint=30:min-keyint=30:scenecut=0:bframes=3";

/// What ffprobe has to say of a track's CMAF: presentation times as given, decode times the sorted
/// ones less the constant delay.
std::vector<packet> wanted_packets(const coded_track& track, const std::vector<part>& parts) {
  const auto scale = track.what.timescale;
  const auto delay = hls::ticks_up(hls::delay_of(track.what), scale);
  std::vector<packet> list;
  for (const auto& one : parts) {
    const auto pts = hls::presentation_ticks(one.units, scale);
    auto sorted = pts;
    std::ranges::sort(sorted);
    sorted.push_back(hls::to_ticks(one.end, scale));
    for (std::size_t i = 0; i < pts.size(); ++i)
      list.push_back({pts[i], sorted[i] - delay, sorted[i + 1] - sorted[i], one.units[i].key});
  }
  return list;
}

struct cmaf_source : made_source {
  void check_packets(const coded_track& track) {
    const auto parts = cut_at_keys(track);
    write_cmaf(track, parts, made);
    const auto seen = packets_in(made.string(), "v:0"), wanted = wanted_packets(track, parts);
    BOOST_CHECK_EQUAL_COLLECTIONS(seen.begin(), seen.end(), wanted.begin(), wanted.end());
    BOOST_CHECK_EQUAL(decoded_sums(made.string(), "v:0"), decoded_sums(source.string(), "v:0"));
  }
  /// For decode times that had to move: presentation exact, decoding before it and rising.
  void check_times(const coded_track& track) {
    write_cmaf(track, cut_at_keys(track), made);
    const auto seen = packets_in(made.string(), "v:0");
    const auto pts = hls::presentation_ticks(track.units, track.what.timescale);
    BOOST_REQUIRE(seen.size() == pts.size());
    for (std::size_t i = 0; i < pts.size(); ++i) {
      BOOST_TEST(seen[i].pts == pts[i]);
      BOOST_TEST(seen[i].dts <= seen[i].pts);
      if (i > 0)
        BOOST_TEST(seen[i - 1].dts < seen[i].dts);
    }
    BOOST_CHECK_EQUAL(decoded_sums(made.string(), "v:0"), decoded_sums(source.string(), "v:0"));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cmaf_that_ffmpeg_reads, cmaf_source)

BOOST_AUTO_TEST_CASE(keeps_every_time_with_b_frames) {
  encode_video("30000/1001", short_groups, "30000");
  const auto track = read_coded(source, "v:0");
  BOOST_TEST(cut_at_keys(track).size() == 4U);
  check_packets(track);
}

BOOST_AUTO_TEST_CASE(keeps_every_time_without_b_frames) {
  encode_video("25", "keyint=25:min-keyint=25:scenecut=0:bframes=0", "12800");
  check_packets(read_coded(source, "v:0"));
}

BOOST_AUTO_TEST_CASE(keeps_every_time_at_120_frames_a_second) {
  encode_video("120000/1001", short_groups, "120000");
  check_packets(read_coded(source, "v:0"));
}

BOOST_AUTO_TEST_CASE(keeps_every_time_where_only_later_segments_reorder) {
  // The first second stands still, so that no B-frame moves anything; then all do.
  encode_video("30", short_groups, "15360",
               {"-force_key_frames", "0,1,2", "-vf", "loop=loop=29:size=1"});
  auto track = read_coded(source, "v:0");
  auto first = std::span{track.units}.first(30);
  for (std::size_t i = 0; i < first.size(); ++i) // as an encoder without B-frames would
    first[i].pts = hls::timestamp{static_cast<std::int64_t>(i) * 1'000'000'000 / 30};
  const auto parts = cut_at_keys(track);
  write_cmaf(track, parts, made);
  const auto seen = packets_in(made.string(), "v:0"), wanted = wanted_packets(track, parts);
  BOOST_CHECK_EQUAL_COLLECTIONS(seen.begin(), seen.end(), wanted.begin(), wanted.end());
}

BOOST_AUTO_TEST_CASE(keeps_every_picture_of_a_variable_rate) {
  encode_video("30", short_groups, "90000",
               {"-vf", "setpts='(N*N/60+N)/30/TB'", "-fps_mode", "vfr"});
  auto track = read_coded(source, "v:0");
  BOOST_TEST(track.units.size() == 120U);
  check_times(track);
}

BOOST_AUTO_TEST_CASE(keeps_every_picture_of_a_slide_show) {
  encode_video("30", "keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0", "90000",
               {"-vf", "setpts=N*7/TB", "-fps_mode", "vfr", "-frames:v", "36"});
  check_times(read_coded(source, "v:0"));
}

BOOST_AUTO_TEST_CASE(keeps_every_sample_of_sound) {
  for (const std::string rate : {"48000", "44100"}) {
    encode_sound(rate, "3.3");
    const auto track = read_coded(source, "a:0");
    write_cmaf(track, cut_every(track, 40), made);
    const auto seen = packets_in(made.string(), "a:0");
    BOOST_REQUIRE(seen.size() == track.units.size());
    for (std::size_t i = 0; i < seen.size(); ++i)
      BOOST_TEST(seen[i].pts == (static_cast<std::int64_t>(i) - 1) * 1024);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
