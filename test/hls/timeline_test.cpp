#include "pipelines/hls/hls.hpp"
#include "pipelines/hls/timeline.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::hls {

namespace {

using ticks = std::vector<std::int64_t>;
constexpr auto whole = boost::test_tools::per_element();

} // namespace

BOOST_AUTO_TEST_SUITE(a_timeline)

BOOST_AUTO_TEST_CASE(finds_the_tick_that_a_truncated_time_meant) {
  BOOST_TEST(to_ticks(timestamp{33'366'666}, 30'000) == 1001);
  BOOST_TEST(to_ticks(timestamp{66'733'333}, 30'000) == 2002);
  BOOST_TEST(to_ticks(timestamp{-21'333'333}, 48'000) == -1024);
  BOOST_TEST(to_ticks(timestamp{-21'333'334}, 48'000) == -1024);
  BOOST_TEST(to_ticks(timestamp{0}, 48'000) == 0);
}

BOOST_AUTO_TEST_CASE(does_not_drift_in_a_hundred_hours) {
  constexpr std::int64_t frame = 100LL * 3600 * 30;
  BOOST_TEST(to_ticks(timestamp{frame * 1001 * 1'000'000 / 30}, 30'000) == frame * 1001);
  BOOST_TEST(to_ticks(timestamp{360'000'000'000'000}, 4'000'000'000U) == 1'440'000'000'000'000);
}

BOOST_AUTO_TEST_CASE(has_a_timescale_in_which_the_frame_rate_is_whole) {
  BOOST_TEST(timescale_for(30'000, 1001) == 30'000U);
  BOOST_TEST(timescale_for(24'000, 1001) == 24'000U);
  BOOST_TEST(timescale_for(120'000, 1001) == 120'000U);
  BOOST_TEST(timescale_for(25, 1) == 12'800U);
  BOOST_TEST(timescale_for(50, 2) == 12'800U);
  BOOST_TEST(timescale_for(30, 1) == 15'360U);
  BOOST_TEST(timescale_for(15, 2) == 15'360U);
  BOOST_TEST(timescale_for(2997, 100) == 11'988U);
}

BOOST_AUTO_TEST_CASE(falls_back_to_90_khz) {
  BOOST_TEST(timescale_for(0, 1) == 90'000U);
  BOOST_TEST(timescale_for(25, 0) == 90'000U);
  BOOST_TEST(timescale_for(-25, 1) == 90'000U);
  BOOST_TEST(timescale_for(10'000'000, 333'667) == 90'000U);
}

BOOST_AUTO_TEST_CASE(decodes_at_the_sorted_times) {
  const ticks pts{0, 400, 200, 100, 300, 500};
  BOOST_TEST(decode_ticks(pts, 200) == (ticks{0, 100, 200, 300, 400, 500}), whole);
  BOOST_TEST(reordering_ticks(pts) == 200);
}

BOOST_AUTO_TEST_CASE(decodes_earlier_where_the_delay_is_short) {
  // 300 waits for place 3, 100 for place 1: both have to come at most 50 after they are shown.
  const ticks pts{0, 400, 200, 100, 300, 500};
  BOOST_TEST(decode_ticks(pts, 50) == (ticks{0, 100, 149, 150, 350, 500}), whole);
}

BOOST_AUTO_TEST_CASE(still_rises_without_any_delay) {
  const ticks pts{0, 400, 200, 100, 300, 500};
  BOOST_TEST(decode_ticks(pts, 0) == (ticks{0, 98, 99, 100, 300, 500}), whole);
}

BOOST_AUTO_TEST_CASE(begins_at_the_first_picture_even_when_two_share_a_time) {
  BOOST_TEST(decode_ticks(ticks{7, 7, 8}, 2) == (ticks{7, 7, 8}), whole);
  BOOST_TEST(decode_ticks(ticks{}, 2).empty());
}

BOOST_AUTO_TEST_CASE(rounds_a_delay_up_but_not_for_a_lost_nanosecond) {
  BOOST_TEST(ticks_up(timestamp{66'733'333}, 30'000) == 2002);
  BOOST_TEST(ticks_up(timestamp{66'733'400}, 30'000) == 2003);
  BOOST_TEST(ticks_up(timestamp{80'000'000}, 12'800) == 1024);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::hls
