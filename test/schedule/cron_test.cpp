#include "actors/schedule/cron.hpp"
#include "cluster/desk/instant.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using schedule::cron;

namespace {

/// The next times after `from`, separated by spaces.
std::string times(const char* text, const char* from, int count = 1) {
  const auto parsed = cron::parse(text);
  if (const auto* wrong = std::get_if<cron::error>(&parsed))
    return wrong->what;
  std::string out;
  auto now = desk::from_rfc3339(from).value();
  for (int i = 0; i < count; ++i) {
    const auto next = std::get<cron>(parsed).next_unix_ms(now);
    if (!next)
      return out + "never";
    now = *next;
    out += (i > 0 ? " " : "") + desk::to_rfc3339(now).substr(0, 16);
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_cron)

BOOST_AUTO_TEST_CASE(finds_the_next_minute_after_a_moment) {
  BOOST_TEST(times("* * * * *", "2025-12-01T08:00:00Z") == "2025-12-01T08:01");
  BOOST_TEST(times("* * * * *", "2025-12-01T08:00:59.999Z") == "2025-12-01T08:01");
  BOOST_TEST(times("* * * * *", "2025-12-31T23:59:00Z") == "2026-01-01T00:00");
}

BOOST_AUTO_TEST_CASE(understands_lists_ranges_and_steps) {
  BOOST_TEST(times("*/15 * * * *", "2025-12-01T08:07:00Z", 3) ==
             "2025-12-01T08:15 2025-12-01T08:30 2025-12-01T08:45");
  BOOST_TEST(times("5,50-52 8 * * *", "2025-12-01T08:05:00Z", 4) ==
             "2025-12-01T08:50 2025-12-01T08:51 2025-12-01T08:52 2025-12-02T08:05");
  BOOST_TEST(times("10/20 0 * * *", "2025-12-01T00:00:00Z", 3) ==
             "2025-12-01T00:10 2025-12-01T00:30 2025-12-01T00:50");
  BOOST_TEST(times("0 8-18/5 * * *", "2025-12-01T09:00:00Z", 3) ==
             "2025-12-01T13:00 2025-12-01T18:00 2025-12-02T08:00");
}

BOOST_AUTO_TEST_CASE(understands_names) {
  // The 1st of December 2025 is a Monday.
  BOOST_TEST(times("0 3 * * MON", "2025-12-01T03:00:00Z", 2) ==
             "2025-12-08T03:00 2025-12-15T03:00");
  BOOST_TEST(times("0 3 * * fri-sat", "2025-12-01T03:00:00Z", 3) ==
             "2025-12-05T03:00 2025-12-06T03:00 2025-12-12T03:00");
  BOOST_TEST(times("0 0 * Feb *", "2025-12-01T00:00:00Z") == "2026-02-01T00:00");
  BOOST_TEST(times("0 0 * * 7", "2025-12-01T00:00:00Z") == "2025-12-07T00:00");
  BOOST_TEST(times("0 0 * * 5-7", "2025-12-01T00:00:00Z", 3) ==
             "2025-12-05T00:00 2025-12-06T00:00 2025-12-07T00:00");
  BOOST_TEST(times("@monthly", "2025-12-01T00:00:00Z") == "2026-01-01T00:00");
  BOOST_TEST(times("@hourly", "2025-12-01T00:00:00Z") == "2025-12-01T01:00");
}

BOOST_AUTO_TEST_CASE(takes_a_day_of_either_kind_when_both_are_restricted) {
  BOOST_TEST(times("0 0 13 * 5", "2025-12-01T00:00:00Z", 4) ==
             "2025-12-05T00:00 2025-12-12T00:00 2025-12-13T00:00 2025-12-19T00:00");
}

BOOST_AUTO_TEST_CASE(knows_the_calendar) {
  BOOST_TEST(times("0 0 31 * *", "2025-12-31T00:00:00Z", 3) ==
             "2026-01-31T00:00 2026-03-31T00:00 2026-05-31T00:00");
  BOOST_TEST(times("0 0 29 2 *", "2025-12-01T00:00:00Z", 2) == "2028-02-29T00:00 2032-02-29T00:00");
  BOOST_TEST(times("0 0 29 2 *", "2096-03-01T00:00:00Z") == "2104-02-29T00:00");
  BOOST_TEST(times("0 0 30 2 *", "2025-12-01T00:00:00Z") == "never");
  // The night of a European change to summer time has every minute of UTC.
  BOOST_TEST(times("30 1 * 3 *", "2026-03-28T01:30:00Z") == "2026-03-29T01:30");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  const auto five = "cron has five fields: minute, hour, day of the month, month, day of the week";
  BOOST_TEST(times("", "2025-12-01T00:00:00Z") == five);
  BOOST_TEST(times("* * * *", "2025-12-01T00:00:00Z") == five);
  BOOST_TEST(times("* * * * * *", "2025-12-01T00:00:00Z") == five);
  BOOST_TEST(times("60 * * * *", "2025-12-01T00:00:00Z") ==
             "minute cannot be \"60\": it is from 0 to 59");
  for (const char* wrong : {"* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
                            "a * * * *", "*/0 * * * *", "*/x * * * *", "5-1 * * * *", "1, * * * *",
                            "-1 * * * *", "* * * monday *", "1-2-3 * * * *", "99999999999 * * * *"})
    BOOST_TEST(times(wrong, "2025-12-01T00:00:00Z").find("cannot be") != std::string::npos, wrong);
}

BOOST_AUTO_TEST_SUITE_END()
