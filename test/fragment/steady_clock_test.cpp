#include "pipelines/fragment/steady_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::fragment;
using namespace std::chrono_literals;

namespace {

struct a_clock {
  steady_clock clock;
  /// Milliseconds where a unit of 40 ms lands.
  long put(std::size_t stream, std::chrono::milliseconds at) {
    return (at + clock.shift(stream, at, 40ms)) / 1ms;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_steady_clock, a_clock)

BOOST_AUTO_TEST_CASE(changes_nothing_while_time_rises) {
  BOOST_TEST(put(1, 10'000ms) == 10'000);
  BOOST_TEST(put(1, 10'040ms) == 10'040);
  BOOST_TEST(put(1, 19'000ms) == 19'000); // a hole stays a hole
  BOOST_TEST(put(1, 18'900ms) == 18'900); // and a clock may be unsteady
}

BOOST_AUTO_TEST_CASE(goes_on_where_the_clock_falls_back) {
  put(1, 2'840ms);
  BOOST_TEST(put(1, 500ms) == 2'880);
  BOOST_TEST(put(1, 540ms) == 2'920);
}

BOOST_AUTO_TEST_CASE(moves_all_streams_alike) {
  put(1, 2'840ms);
  put(2, 2'790ms);
  BOOST_TEST(put(1, 500ms) == 2'880);
  BOOST_TEST(put(2, 510ms) == 2'890); // not 2'830, where its own last unit ended
}

BOOST_AUTO_TEST_CASE(moves_a_stream_on_its_own_when_the_others_do_not_fit) {
  put(1, 2'840ms);
  put(2, 9'000ms);
  BOOST_TEST(put(1, 500ms) == 2'880);
  BOOST_TEST(put(2, 100ms) == 9'040);
}

BOOST_AUTO_TEST_CASE(keeps_its_shift_for_units_without_a_time) {
  put(1, 2'840ms);
  put(1, 500ms);
  BOOST_TEST((clock.shift(1, unknown_time, 0ms) == 2'380ms));
}

BOOST_AUTO_TEST_SUITE_END()
