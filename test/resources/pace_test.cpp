#include "cluster/resources/pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::resources;

namespace {

/// How many go from `from_ms` on for `span_ms`, each as soon as it may.
int gone(pace& it, std::int64_t from_ms, std::int64_t span_ms) {
  int count = 0;
  for (auto now = from_ms; now < from_ms + span_ms;
       now += std::max<std::int64_t>(1, it.wait_ms(now)))
    while (it.wait_ms(now) == 0 && count < 1'000'000) {
      it.take(now);
      ++count;
    }
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_pace)

BOOST_AUTO_TEST_CASE(of_nothing_holds_nobody_up) {
  pace it;
  it.take(5);
  BOOST_TEST(it.wait_ms(5) == 0);
}

BOOST_AUTO_TEST_CASE(spreads_starts_evenly) {
  pace it;
  it.set(30);
  BOOST_TEST(it.wait_ms(1'000) == 0);
  it.take(1'000);
  BOOST_TEST(it.wait_ms(1'000) == 2'000);
  BOOST_TEST(it.wait_ms(2'999) == 1);
  BOOST_TEST(it.wait_ms(3'000) == 0);
}

BOOST_AUTO_TEST_CASE(keeps_to_its_number_whatever_that_is) {
  for (const std::uint32_t per_min : {1U, 7U, 60U, 600U, 6'000U, 360'000U}) {
    pace it;
    it.set(per_min);
    const auto burst = std::max(1U, per_min / 60);
    const auto first = gone(it, 1'000'000, 60'000);
    BOOST_TEST(first >= static_cast<int>(per_min));
    BOOST_TEST(first <= static_cast<int>(per_min + burst));
    const auto second = gone(it, 1'060'000, 60'000);
    BOOST_TEST(second >= static_cast<int>(per_min) - 1);
    BOOST_TEST(second <= static_cast<int>(per_min) + 1);
  }
}

BOOST_AUTO_TEST_CASE(does_not_save_up_what_nobody_used) {
  pace it;
  it.set(60);
  it.take(0);
  int at_once = 0;
  for (; it.wait_ms(3'600'000) == 0; ++at_once)
    it.take(3'600'000);
  BOOST_TEST(at_once == 1);
}

BOOST_AUTO_TEST_SUITE_END()
