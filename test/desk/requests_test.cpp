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
  const auto it = parse_reference(R"({"id": "a", "cause": "wrong file"})", false);
  BOOST_TEST(it.how.ok());
  BOOST_TEST(it.id == "a");
  BOOST_TEST(it.cause == "wrong file");
  BOOST_TEST(it.spec == "");
}

BOOST_AUTO_TEST_CASE(may_bring_another_spec_only_where_that_has_a_meaning) {
  const char* with_spec = R"({"id": "a", "spec": {"crf": 21}})";
  BOOST_TEST(parse_reference(with_spec, true).spec == R"({"crf":21})");
  BOOST_TEST(parse_reference(with_spec, false).how.what == "unknown field the request.spec");
}

BOOST_AUTO_TEST_CASE(is_refused_without_an_id_or_json) {
  BOOST_TEST(parse_reference("{}", false).how.what == "id is missing");
  BOOST_TEST(!parse_reference("", false).how.ok());
  BOOST_TEST(!parse_reference("[1]", false).how.ok());
  BOOST_TEST(!parse_reference("{\"id\": \"a\\u0000\"}", false).how.ok());
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
