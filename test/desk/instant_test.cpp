#include "cluster/desk/instant.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

BOOST_AUTO_TEST_SUITE(an_instant)

BOOST_AUTO_TEST_CASE(is_written_in_utc_with_milliseconds) {
  BOOST_TEST(to_rfc3339(0) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(to_rfc3339(1'764'576'000'123) == "2025-12-01T08:00:00.123Z");
  BOOST_TEST(to_rfc3339(-1) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(is_read_with_any_offset_and_any_decimals) {
  constexpr std::int64_t eight = 1'764'576'000'000;
  BOOST_TEST(from_rfc3339("2025-12-01T08:00:00Z").value_or(0) == eight);
  BOOST_TEST(from_rfc3339("2025-12-01T09:30:00+01:30").value_or(0) == eight);
  BOOST_TEST(from_rfc3339("2025-12-01T03:00:00-05:00").value_or(0) == eight);
  BOOST_TEST(from_rfc3339("2025-12-01 08:00:00.5z").value_or(0) == eight + 500);
  BOOST_TEST(from_rfc3339("2025-12-01T08:00:00.123456789012345Z").value_or(0) == eight + 123);
  BOOST_TEST(from_rfc3339("2024-02-29T00:00:00Z").has_value());
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_not_one) {
  for (const char* wrong :
       {"", "2025", "2025-12-01", "2025-12-01T08:00:00", "2025-13-01T08:00:00Z",
        "2025-02-29T00:00:00Z", "2025-12-01T24:00:00Z", "2025-12-01T08:60:00Z",
        "2025-12-01T08:00:61Z", "2025-12-01T08:00:00.Z", "2025-12-01T08:00:00Zjunk",
        "2025-12-01T08:00:00+0100", "2025-12-01T08:00:00+24:00", "tomorrow"})
    BOOST_TEST(!from_rfc3339(wrong).has_value(), wrong << " was taken for a time");
}

BOOST_AUTO_TEST_CASE(comes_back_as_it_was) {
  for (const std::int64_t one : {0LL, 1LL, 1'764'576'000'123LL, 4'102'444'799'999LL})
    BOOST_TEST(from_rfc3339(to_rfc3339(one)).value_or(-1) == one);
}

BOOST_AUTO_TEST_SUITE_END()
