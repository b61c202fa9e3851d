#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::desk;

namespace {

const caller anybody{"local", "*", role::admin};

} // namespace

BOOST_AUTO_TEST_SUITE(a_request)

BOOST_AUTO_TEST_CASE(names_a_job_and_says_why) {
  BOOST_TEST(parse_reference(R"({"id": "a"})").id == "a");
  const auto it = parse_job_order(R"({"id": "a", "cause": "wrong file"})", job_action::cancel);
  BOOST_TEST(it.how.ok());
  BOOST_TEST(it.id == "a");
  BOOST_TEST((it.what.what == job_action::cancel));
  BOOST_TEST(it.what.cause == "wrong file");
  BOOST_TEST(it.what.spec == "");
}

BOOST_AUTO_TEST_CASE(may_bring_another_spec_or_priority_only_where_that_has_a_meaning) {
  const char* with_spec = R"({"id": "a", "spec": {"crf": 21}})";
  BOOST_TEST(parse_job_order(with_spec, job_action::retry).what.spec == R"({"crf":21})");
  BOOST_TEST(parse_job_order(with_spec, job_action::cancel).how.what ==
             "unknown field the request.spec");
  const char* with_priority = R"({"id": "a", "priority": "high"})";
  BOOST_TEST(parse_job_order(with_priority, job_action::reprioritise).what.priority == 10);
  BOOST_TEST(!parse_job_order(with_priority, job_action::retry).how.ok());
  BOOST_TEST(parse_job_order(R"({"id": "a"})", job_action::reprioritise).how.what ==
             "priority is missing");
}

BOOST_AUTO_TEST_CASE(is_refused_without_an_id_or_json) {
  for (const auto& how : {parse_reference("{}").how, parse_job_order("{}", job_action::cancel).how})
    BOOST_TEST(how.what == "id is missing");
  BOOST_TEST(parse_reference(R"({"id": "a", "cause": "b"})").how.what ==
             "unknown field the request.cause");
  BOOST_TEST(!parse_reference("").how.ok());
  BOOST_TEST(!parse_reference("[1]").how.ok());
  BOOST_TEST(!parse_reference("{\"id\": \"a\\u0000\"}").how.ok());
}

BOOST_AUTO_TEST_CASE(filters_by_state_text_and_owner) {
  const auto it = parse_filter(R"({"states": ["failed", "cancelled"], "text": "talk", "most": 7})");
  BOOST_TEST(it.how.ok());
  BOOST_TEST(it.which.states.size() == 2u);
  BOOST_TEST(it.which.text == "talk");
  BOOST_TEST(it.most == 7u);
  BOOST_TEST(parse_filter("").most == 100u);
  BOOST_TEST(parse_filter(R"({"states": ["lost"]})").how.what == "there is no state \"lost\"");
  BOOST_TEST(!parse_filter(R"({"most": 1001})").how.ok());
}

BOOST_AUTO_TEST_CASE(takes_a_batch_job_by_job) {
  const auto it = parse_batch(R"({"jobs": [{"source": "/a"}, {"sauce": "/b"}]})", anybody, 2);
  BOOST_REQUIRE(it.how.ok());
  BOOST_REQUIRE(it.jobs.size() == 2u);
  BOOST_TEST(it.jobs[0].how.ok());
  BOOST_TEST(it.jobs[0].what.source == "/a");
  BOOST_TEST(!it.jobs[1].how.ok());
}

BOOST_AUTO_TEST_CASE(is_refused_as_a_batch_of_none_or_too_many) {
  BOOST_TEST(!parse_batch(R"({"jobs": []})", anybody, 2).how.ok());
  BOOST_TEST(!parse_batch(R"({"jobs": [1, 2, 3]})", anybody, 2).how.ok());
  BOOST_TEST(!parse_batch(R"({"jobs": {}})", anybody, 2).how.ok());
}

BOOST_AUTO_TEST_SUITE_END()
