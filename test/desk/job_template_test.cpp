#include "cluster/desk/job_template.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;

BOOST_AUTO_TEST_SUITE(what_files_become)

BOOST_AUTO_TEST_CASE(is_said_in_the_words_of_a_submit) {
  const auto parsed = desk::parse_template(
      R"({"queue": "incoming", "priority": "low", "tenant": "news", "spec": {"ladder": "720"}})");
  BOOST_TEST(parsed.how.ok(), parsed.how.what);
  BOOST_TEST(parsed.what.queue == "incoming");
  BOOST_TEST(parsed.what.priority == -10);
  BOOST_TEST(parsed.what.tenant == "news");
  BOOST_TEST(parsed.what.spec == R"({"ladder":"720"})");
  BOOST_TEST(desk::parse_template("{}").what.queue == "default");
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_wrong_or_cannot_hold_for_all) {
  BOOST_TEST(desk::parse_template("").how.what == "it is no JSON object");
  BOOST_TEST(desk::parse_template("[]").how.what == "it is no JSON object");
  BOOST_TEST(desk::parse_template(R"({"source": "/a"})").how.what ==
             "source cannot be the same for every file");
  BOOST_TEST(!desk::parse_template(R"({"idempotency_key": "a"})").how.ok());
  BOOST_TEST(desk::parse_template(R"({"spec": {"crf": 99}})").how.what ==
             "spec.crf has to be from 0 to 51");
  BOOST_TEST(!desk::parse_template(R"({"colour": "red"})").how.ok());
}

BOOST_AUTO_TEST_SUITE_END()
