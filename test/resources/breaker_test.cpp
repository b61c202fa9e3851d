#include "cluster/resources/breaker.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::resources;
using position = breaker::position;

namespace {

struct a_breaker_of_three {
  breaker it{{3, 1'000, 5'000}};
  void fails(int times, std::int64_t at_ms) {
    for (int i = 0; i < times; ++i)
      it.failed(at_ms);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_breaker, a_breaker_of_three)

BOOST_AUTO_TEST_CASE(opens_after_failures_in_a_row_only) {
  fails(2, 0);
  it.succeeded();
  fails(2, 0);
  BOOST_TEST((it.where() == position::closed));
  fails(1, 0);
  BOOST_TEST((it.where() == position::open));
  BOOST_TEST(it.next_trial_ms() == 1'000);
}

BOOST_AUTO_TEST_CASE(lets_one_trial_go_once_it_has_waited) {
  fails(3, 0);
  BOOST_TEST(!it.try_again(999));
  BOOST_TEST(it.try_again(1'000));
  BOOST_TEST(!it.try_again(1'000));
  BOOST_TEST((it.where() == position::half_open));
}

BOOST_AUTO_TEST_CASE(waits_twice_as_long_after_each_failed_trial_up_to_a_limit) {
  fails(3, 0);
  std::int64_t now = 1'000;
  for (const std::int64_t wait : {2'000, 4'000, 5'000, 5'000}) {
    BOOST_TEST(it.try_again(now));
    it.failed(now);
    BOOST_TEST(it.next_trial_ms() == now + wait);
    now += wait;
  }
  BOOST_TEST(it.try_again(now));
  it.succeeded();
  BOOST_TEST((it.where() == position::closed));
  fails(3, now);
  BOOST_TEST(it.next_trial_ms() == now + 1'000);
}

BOOST_AUTO_TEST_CASE(stays_open_as_long_as_it_said_when_earlier_work_fails_too) {
  fails(3, 0);
  fails(5, 900);
  BOOST_TEST(it.next_trial_ms() == 1'000);
}

BOOST_AUTO_TEST_CASE(tries_again_at_once_when_the_trial_was_withdrawn) {
  fails(3, 0);
  it.try_again(1'000);
  it.trial_withdrawn(1'100);
  BOOST_TEST(it.try_again(1'100));
}

BOOST_AUTO_TEST_CASE(says_since_when_it_is_so_and_how_often_it_has_failed) {
  fails(2, 10);
  BOOST_TEST(it.failures() == 2u);
  fails(1, 20);
  BOOST_TEST(it.since_ms() == 20);
  BOOST_TEST(it.failures() == 3u);
  fails(1, 500); // of what began before
  BOOST_TEST(it.failures() == 3u);
  BOOST_TEST(it.since_ms() == 20);
  BOOST_TEST(it.try_again(1'500));
  BOOST_TEST(it.since_ms() == 1'500);
  fails(1, 1'600);
  BOOST_TEST(it.failures() == 4u);
  BOOST_TEST(it.since_ms() == 1'600);
  it.succeeded();
  BOOST_TEST(it.failures() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
