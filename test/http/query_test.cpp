#include "cluster/desk/requests.hpp"
#include "net/http/query.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vdoc;
using namespace vdoc::net;

BOOST_AUTO_TEST_SUITE(a_query)

BOOST_AUTO_TEST_CASE(is_pairs_in_order_decoded_as_forms_are) {
  const auto pairs = pairs_of("a=1&b=x+y%2Bz&&c&=d&e=%zz%4");
  BOOST_REQUIRE(pairs.size() == 5u);
  BOOST_TEST(pairs[0].second == "1");
  BOOST_TEST(pairs[1].second == "x y+z");
  BOOST_TEST(pairs[2].first == "c");
  BOOST_TEST(pairs[2].second == "");
  BOOST_TEST(pairs[3].first == "");
  BOOST_TEST(pairs[4].second == "%zz%4");
  BOOST_TEST(pairs_of("x=%C3%A9")[0].second == "\u00e9");
}

BOOST_AUTO_TEST_CASE(filters_jobs_in_the_words_of_the_protocol) {
  const auto it = desk::parse_filter(
      filter_of("state=failed,cancelled&state=queued&queue=slow&tenant=a&text=big+talk&label="
                "show:late:news&from=2026-12-01T08:00:00Z&until=1796112000000&most=7&cursor=c"));
  BOOST_REQUIRE(it.how.ok());
  BOOST_TEST(it.which.states.size() == 3u);
  BOOST_TEST(it.which.queue == "slow");
  BOOST_TEST(it.which.tenant == "a");
  BOOST_TEST(it.which.text == "big talk");
  BOOST_TEST(it.which.label_key == "show");
  BOOST_TEST(it.which.label_value == "late:news");
  BOOST_TEST(it.which.submitted_from_unix_ms == 1'796'112'000'000);
  BOOST_TEST(it.which.submitted_until_unix_ms == 1'796'112'000'000);
  BOOST_TEST(it.most == 7u);
  BOOST_TEST(it.cursor == "c");
}

BOOST_AUTO_TEST_CASE(is_refused_by_the_name_of_what_is_wrong) {
  const auto complaint = [](std::string_view query) {
    return desk::parse_filter(filter_of(query)).how.what;
  };
  BOOST_TEST(complaint("colour=red") == "unknown field the request.colour");
  BOOST_TEST(complaint("state=lost") == "there is no state \"lost\"");
  BOOST_TEST(complaint("most=many") == "the request.most has to be a whole number from 1 to 1000");
  BOOST_TEST(complaint("label=news") == "the request.label has to be name:value");
  BOOST_TEST(
      complaint("from=yesterday") ==
      "the request.from has to be a time such as 2026-12-01T08:00:00Z, or Unix milliseconds");
  BOOST_TEST(complaint("") == "");
}

BOOST_AUTO_TEST_CASE(of_any_bytes_does_no_harm) {
  constexpr unsigned seed = 8'080;
  BOOST_TEST_INFO("seed " << seed);
  std::mt19937 chance{seed};
  constexpr std::string_view letters = "state=most&%+0123456789abcdef,:\xff\x01\xc3";
  for (int i = 0; i < 20'000; ++i) {
    std::string query;
    for (auto size = chance() % 40; size > 0; --size)
      query += letters[chance() % letters.size()];
    desk::parse_filter(filter_of(query));
  }
}

BOOST_AUTO_TEST_SUITE_END()
