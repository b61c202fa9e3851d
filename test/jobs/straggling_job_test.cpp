#include "test/jobs/a_straggling_job.hpp"

#include <nlohmann/json.hpp>

namespace {

using namespace vdoc::test;
using calls = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_job_with_a_straggler, a_straggling_job)

BOOST_AUTO_TEST_CASE(takes_what_its_twin_has_made_and_has_the_straggler_leave_off) {
  BOOST_TEST(last_call("h1") != last_call("h2"));
  BOOST_TEST(cancelled("h1").empty());
  answers("h2");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(until(60s, [&] { return cancelled("h1") == calls{last_call("h1")}; }));
  BOOST_TEST(cancelled("h2").empty());
  BOOST_TEST(granted() == 0u);
  const auto told = nlohmann::json::parse(report());
  BOOST_TEST(told["twins"]["started"] == 1);
  BOOST_TEST(told["twins"]["won"] == 1);
  BOOST_TEST(told["mishaps"].empty());
  BOOST_TEST(told["hosts"]["h2"] >= 1);
  BOOST_TEST(told["stages"]["transcode"]["tasks"] == 2);
  BOOST_TEST(told["stages"]["transcode"]["attempts"] == 3);
}

BOOST_AUTO_TEST_CASE(takes_what_the_straggler_has_made_if_that_comes_first) {
  answers("h1");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(until(60s, [&] { return cancelled("h2") == calls{last_call("h2")}; }));
  BOOST_TEST(cancelled("h1").empty());
  BOOST_TEST(granted() == 0u);
  BOOST_TEST(nlohmann::json::parse(report())["twins"]["won"] == 0);
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_twin_when_the_host_of_the_straggler_is_lost) {
  goes_down("h1");
  BOOST_TEST(until(60s, [&] { return granted() == 1; }));
  answers("h2");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(orders("h2") == 1u); // it was not asked again
  BOOST_TEST(granted() == 0u);
  const auto told = nlohmann::json::parse(report());
  BOOST_TEST(told["restarts"] == 1);
  BOOST_TEST(told["mishaps"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_straggler_when_its_twin_fails) {
  fails("h2");
  BOOST_TEST(until(60s, [&] { return granted() == 1; }));
  BOOST_TEST(state() == "");
  answers("h1");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(orders("h1") == 2u);
  BOOST_TEST(orders("h2") == 1u);
  BOOST_TEST(cancelled("h1").empty());
  const auto told = nlohmann::json::parse(report());
  BOOST_TEST(told["mishaps"].size() == 1u);
  BOOST_TEST(told["mishaps"][0]["host"] == "h2");
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_twin_when_the_straggler_fails) {
  fails("h1");
  BOOST_TEST(until(60s, [&] { return granted() == 1; }));
  answers("h2");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(orders("h1") == 2u);
  BOOST_TEST(cancelled("h2").empty());
  BOOST_TEST(nlohmann::json::parse(report())["mishaps"][0]["host"] == "h1");
}

BOOST_AUTO_TEST_CASE(asks_again_when_both_are_lost) {
  goes_down("h2");
  BOOST_TEST(until(60s, [&] { return granted() == 1; }));
  goes_down("h1");
  BOOST_TEST(until(60s, [&] { return granted() == 0; }));
  comes_up("h3", "n3");
  BOOST_REQUIRE(until(60s, [&] { return orders("h3") == 1; }));
  answers("h3");
  BOOST_REQUIRE(succeeds());
  BOOST_TEST(nlohmann::json::parse(report())["restarts"] == 2);
}

BOOST_AUTO_TEST_CASE(has_both_leave_off_when_it_is_interrupted) {
  caf::anon_send(job, vdoc::job::interrupt{});
  BOOST_TEST(until(60s, [&] { return cancelled("h1") == calls{last_call("h1")}; }));
  BOOST_TEST(until(60s, [&] { return cancelled("h2") == calls{last_call("h2")}; }));
  BOOST_TEST(until(60s, [&] { return granted() == 0; }));
  BOOST_TEST(until(60s, [&] { return state() == "interrupted"; }));
}

BOOST_AUTO_TEST_CASE(has_both_leave_off_when_it_crashes) {
  caf::anon_send_exit(job, caf::exit_reason::kill);
  BOOST_TEST(until(60s, [&] { return cancelled("h1") == calls{last_call("h1")}; }));
  BOOST_TEST(until(60s, [&] { return cancelled("h2") == calls{last_call("h2")}; }));
  BOOST_TEST(until(60s, [&] { return granted() == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()
