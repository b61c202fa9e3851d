#include "cluster/membership/expiry_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace std::chrono_literals;
using vdoc::membership::expiry_watch;

struct a_certificate {
  expiry_watch rules;
  expiry_watch::time_point ends{24h * 20'000};

  /// What is said so long before its end; "" when nothing is.
  std::string before(std::chrono::seconds span) {
    const auto said = rules.look(ends, ends - span);
    return said ? std::to_string(*said) : "";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_certificate_that_ends, a_certificate)

BOOST_AUTO_TEST_CASE(is_said_once_a_day_from_fourteen_days_before) {
  BOOST_TEST(before(24h * 90) == "");
  BOOST_TEST(before(24h * 14 + 1s) == "");
  BOOST_TEST(before(24h * 14) == "14");
  BOOST_TEST(before(24h * 14 - 1s) == "");
  BOOST_TEST(before(24h * 13 + 1s) == "");
  BOOST_TEST(before(24h * 13) == "13");
  BOOST_TEST(before(24h * 5 + 5h) == "5");
  BOOST_TEST(before(24h * 5 - 18h) == "");
  BOOST_TEST(before(24h * 4 + 5h) == "4");
}

BOOST_AUTO_TEST_CASE(is_said_at_once_when_it_is_over_and_once_a_day_from_then_on) {
  BOOST_TEST(before(23h) == "0");
  BOOST_TEST(before(1s) == "");
  BOOST_TEST(before(0s) == "-1");
  BOOST_TEST(before(-1s) == "");
  BOOST_TEST(before(-24h) == "-1");
}

BOOST_AUTO_TEST_CASE(is_said_at_once_by_whoever_starts_late) {
  BOOST_TEST(before(-24h * 3) == "-1");
}

BOOST_AUTO_TEST_CASE(begins_anew_with_another_one_and_is_not_silenced_by_a_clock_that_is_set_back) {
  BOOST_TEST(before(24h * 2) == "2");
  ends += 24h * 90;
  BOOST_TEST(before(24h * 92) == "");
  ends -= 24h * 80;
  BOOST_TEST(before(24h * 12 - 1h) == "11");
  BOOST_TEST(before(24h * 13) == "13");
}

BOOST_AUTO_TEST_SUITE_END()
