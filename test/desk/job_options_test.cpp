#include "cluster/desk/job_options.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

namespace {

std::string wrong_with(const char* spec) {
  const auto parsed = parse_options(spec);
  BOOST_TEST((parsed.how.why == refusal::bad_request), spec << " was taken");
  return parsed.how.what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(job_options_in_a_spec)

BOOST_AUTO_TEST_CASE(are_the_services_own_when_nothing_is_said) {
  BOOST_TEST((parse_options("").what == job_options{}));
  BOOST_TEST((parse_options("{}").what == job_options{}));
  BOOST_TEST(to_spec({}) == "");
}

BOOST_AUTO_TEST_CASE(are_stored_in_one_form_only) {
  const auto parsed = parse_options(R"({"skip_poison": true, "crf": 21, "ladder": "1080,720",
    "kind": "noop", "attempts": 5, "fresh": true, "segment_ms": 2500, "soft_limit_s": 10, "hard_limit_s": 0})");
  BOOST_TEST(parsed.how.ok(), parsed.how.what);
  BOOST_TEST(
      to_spec(parsed.what) ==
      R"({"attempts":5,"crf":21,"fresh":true,"kind":"noop","ladder":"1080,720","segment_ms":2500,)"
      R"("skip_poison":true,"soft_limit_s":10})");
  BOOST_TEST((options_of(to_spec(parsed.what)) == parsed.what));
}

BOOST_AUTO_TEST_CASE(hold_what_nodes_have_to_offer_each_word_once) {
  const auto parsed = parse_options(R"({"needs": ["zone:eu-1", "gpu", "zone:eu-1"]})");
  BOOST_TEST(parsed.how.ok(), parsed.how.what);
  BOOST_TEST(to_spec(parsed.what) == R"({"needs":["gpu","zone:eu-1"]})");
  BOOST_TEST((options_of(to_spec(parsed.what)) == parsed.what));
  const std::string no_word = R"(spec.needs has to hold words such as "gpu" or "zone:eu-1")";
  BOOST_TEST(wrong_with(R"({"needs": ["GPU"]})") == no_word);
  BOOST_TEST(wrong_with(R"({"needs": [7]})") == no_word);
  BOOST_TEST(wrong_with(R"({"needs": "gpu"})") ==
             "spec.needs has to be a list of at most 16 words");
}

BOOST_AUTO_TEST_CASE(say_how_urgent_a_job_is) {
  const auto parsed = parse_options(R"({"urgency": "live"})");
  BOOST_TEST((parsed.what.urgency == vdoc::dispatch::urgency::live));
  BOOST_TEST(to_spec(parsed.what) == R"({"urgency":"live"})");
  BOOST_TEST((options_of(to_spec(parsed.what)) == parsed.what));
  BOOST_TEST(to_spec(parse_options(R"({"urgency": "batch"})").what) == "");
  BOOST_TEST((options_of(R"({"urgency": "interactive"})").urgency ==
              vdoc::dispatch::urgency::interactive));
  BOOST_TEST(wrong_with(R"({"urgency": "LIVE"})") ==
             "spec.urgency has to be live, interactive or batch");
}

BOOST_AUTO_TEST_CASE(are_refused_by_name) {
  BOOST_TEST(wrong_with(R"({"crf": 77})") == "spec.crf has to be from 0 to 51");
  BOOST_TEST(wrong_with(R"({"crf": "21"})") == "spec.crf has to be a whole number");
  BOOST_TEST(wrong_with(R"({"crf": 1e99})") == "spec.crf has to be a whole number");
  wrong_with(R"({"crf": 18446744073709551615})");
  BOOST_TEST(wrong_with(R"({"fresh": "yes"})") == "spec.fresh has to be true or false");
  BOOST_TEST(wrong_with(R"({"mp4": 1})") == "spec.mp4 has to be true or false");
  BOOST_TEST(wrong_with(R"({"out": "/etc"})") == "unknown field spec.out");
  BOOST_TEST(wrong_with(R"({"workers": 3})") == "unknown field spec.workers");
  wrong_with(R"({"preset": "placebo"})");
  wrong_with(R"({"ladder": "tall"})");
  wrong_with(R"({"kind": "shell"})");
  wrong_with(R"({"attempts": 101})");
  wrong_with(R"({"attempts": 1.5})");
  wrong_with(R"({"hard_limit_s": -1})");
  wrong_with(R"({"hard_limit_s": 5, "soft_limit_s": 6})");
  wrong_with("[]");
  wrong_with("{");
  wrong_with("null");
}

BOOST_AUTO_TEST_SUITE_END()
