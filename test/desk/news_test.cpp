#include "cluster/desk/news.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc;
using namespace vdoc::desk;
using ledger::job_state;

namespace {

constexpr std::int64_t noon = 1'764'590'400'000;

} // namespace

BOOST_AUTO_TEST_SUITE(news_of_jobs)

BOOST_AUTO_TEST_CASE(tell_a_state_with_all_that_led_to_it) {
  const state_news what{
      "j1", job_state::running, job_state::failed, "empty", 2, "acme", "night", noon, 17};
  BOOST_TEST(to_json(what) ==
             R"({"id":"j1","state":"failed","previous":"running","cause":"empty","attempt":2,)"
             R"("tenant":"acme","queue":"night","at":"2025-12-01T12:00:00.000Z","sequence":17})");
}

BOOST_AUTO_TEST_CASE(leave_out_what_is_not_known) {
  const state_news what{"j1", job_state::unknown, job_state::queued, "", 0, "t", "q", noon, 0};
  const auto told = nlohmann::json::parse(to_json(what));
  BOOST_TEST(told.size() == 6u);
  BOOST_TEST(!told.contains("previous"));
  BOOST_TEST(!told.contains("sequence"));
}

BOOST_AUTO_TEST_CASE(are_json_whatever_a_cause_holds) {
  state_news what{"j1", job_state::running, job_state::failed, "", 1, "t", "q", noon, 1};
  for (const char* cause :
       {"\"quoted\"", "back\\slash", "line\nfeed", "\x1b[31m", "caf\xc3\xa9", "\xff\xfe"}) {
    what.cause = cause;
    const auto told = nlohmann::json::parse(to_json(what), nullptr, false);
    BOOST_TEST(told.is_object());
    BOOST_TEST(told.value("attempt", 0) == 1);
  }
  what.cause = "say \"no\"";
  BOOST_TEST(nlohmann::json::parse(to_json(what))["cause"] == "say \"no\"");
}

BOOST_AUTO_TEST_CASE(round_what_people_read) {
  const progress_news far{"j1", 0.123456, 0, "transcoding", 1.8765, noon};
  BOOST_TEST(
      to_json(far) ==
      R"({"id":"j1","progress":0.1235,"stage":"transcoding","speed":1.88,"at":"2025-12-01T12:00:00.000Z"})");
  const segment_news piece{"j1", "720p", 3, 3'999'600'000, "video/720p/3.m4s", noon};
  BOOST_TEST(to_json(piece) == R"({"id":"j1","rendition":"720p","number":3,"duration":4.0,)"
                               R"("uri":"video/720p/3.m4s","at":"2025-12-01T12:00:00.000Z"})");
}

BOOST_AUTO_TEST_SUITE_END()
