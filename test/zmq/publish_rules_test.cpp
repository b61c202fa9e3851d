#include "net/zmq/publish_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::net;
using namespace std::chrono_literals;

namespace {

struct a_publisher {
  publish_terms terms{10, 3, 2, 5ms, 1s};
  publish_rules rules{terms};
  publish_rules::time now{1h};
  std::uint64_t numbers = 0;

  void add(int count) {
    for (int i = 0; i < count; ++i, ++numbers)
      rules.add(numbers + 1, std::to_string(numbers + 1), now);
  }
  /// "1:[1,2] 2:[3]": batches by id, with their jobs.
  std::string sends(std::chrono::milliseconds later = 0ms) {
    now += later;
    std::string all;
    for (const auto& one : rules.to_send(now))
      all += std::to_string(one.id) + ":" + one.body.substr(8, one.body.size() - 9) + " ";
    return all;
  }
  /// "1=id 2!bad_request"
  std::string answered(std::uint64_t id, const std::string& code, const std::string& body) {
    std::string all;
    for (const auto& one : rules.answered(id, code, body, now))
      all +=
          std::to_string(one.number) +
          (one.job_id.empty() ? "!" + one.refusal : (one.known_already ? "~" : "=") + one.job_id) +
          " ";
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_publisher_of_jobs, a_publisher)

BOOST_AUTO_TEST_CASE(knows_why_a_job_waits_until_one_is_taken) {
  add(1);
  sends(5ms);
  BOOST_TEST(rules.why_it_waits() == "");
  answered(
      1, "OK",
      R"({"jobs":[{"error":{"code":"over_quota","message":"tenant a may have 2","advice":"wait"}}]})");
  BOOST_TEST(rules.why_it_waits() == "tenant a may have 2; wait");
  BOOST_TEST(sends(500ms) == "2:[1] ");
  BOOST_TEST(rules.why_it_waits() != "");
  BOOST_TEST(answered(2, "OK", R"({"jobs":[{"id":"x"}]})") == "1=x ");
  BOOST_TEST(rules.why_it_waits() == "");
}

BOOST_AUTO_TEST_CASE(sends_a_lonely_job_after_a_moment_and_many_at_once) {
  add(1);
  BOOST_TEST(sends() == "");
  BOOST_TEST((rules.wake_at() == now + 5ms));
  BOOST_TEST(sends(5ms) == "1:[1] ");
  add(3);
  BOOST_TEST(sends() == "2:[2,3,4] ");
}

BOOST_AUTO_TEST_CASE(has_so_many_batches_under_way_and_no_more) {
  add(8);
  BOOST_TEST(sends() == "1:[1,2,3] 2:[4,5,6] ");
  BOOST_TEST(sends(100ms) == "");
  BOOST_TEST(answered(2, "OK", R"({"jobs":[{"id":"d"},{"id":"e"},{"id":"f","known":true}]})") ==
             "4=d 5=e 6~f ");
  BOOST_TEST(sends() == "3:[7,8] ");
  BOOST_TEST(rules.open() == 5u);
}

BOOST_AUTO_TEST_CASE(sends_the_same_batch_again_when_there_is_no_answer) {
  add(2);
  BOOST_TEST(sends(5ms) == "1:[1,2] ");
  BOOST_TEST(sends(999ms) == "");
  BOOST_TEST(sends(1ms) == "1:[1,2] ");
  BOOST_TEST(answered(1, "OK", R"({"jobs":[{"id":"a"},{"id":"b"}]})") == "1=a 2=b ");
  BOOST_TEST(answered(1, "OK", R"({"jobs":[{"id":"a"},{"id":"b"}]})") ==
             ""); // to the first of both
  BOOST_TEST(!rules.wake_at().has_value());
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_the_service_wants_with_those_that_it_is_too_busy_for) {
  add(3);
  sends();
  const auto* body = R"({"jobs":[{"id":"a"},{"error":{"code":"busy","retry_after_ms":200}},)"
                     R"({"error":{"code":"bad_request","message":"no"}}]})";
  BOOST_TEST(answered(1, "OK", body) == "1=a 3!bad_request ");
  BOOST_TEST(sends(199ms) == "");
  BOOST_TEST(sends(1ms) == "2:[2] ");
}

BOOST_AUTO_TEST_CASE(sends_all_again_when_the_service_is_too_busy_and_none_when_it_forbids) {
  add(2);
  sends(5ms);
  BOOST_TEST(answered(1, "busy", R"({"error":{"code":"busy","retry_after_ms":50}})") == "");
  BOOST_TEST(sends(50ms) == "2:[1,2] ");
  BOOST_TEST(answered(2, "forbidden", R"({"error":{"code":"forbidden","message":"not you"}})") ==
             "1!forbidden 2!forbidden ");
}

BOOST_AUTO_TEST_CASE(takes_an_answer_that_makes_no_sense_for_none) {
  for (const char* body :
       {"", "[]", "{}", R"({"jobs":7})", R"({"jobs":[7]})", R"({"jobs":[{"id":7}]})"}) {
    publish_rules fresh{terms};
    fresh.add(1, "1", now);
    BOOST_REQUIRE(fresh.to_send(now + 5ms).size() == 1u);
    BOOST_TEST(fresh.answered(1, "OK", body, now).empty(), body);
    BOOST_TEST(fresh.open() == 1u, body);
  }
}

BOOST_AUTO_TEST_CASE(takes_no_more_than_it_may_keep) {
  add(9);
  BOOST_TEST(rules.room() > 0u);
  add(1);
  BOOST_TEST(rules.room() == 0u);
  sends();
  BOOST_TEST(rules.room() == 0u); // under way is not acknowledged
}

BOOST_AUTO_TEST_SUITE_END()
