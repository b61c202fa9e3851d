#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"
#include "test/workers/two_that_may_lead.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_hosts_of_a_worker, two_that_may_lead)

BOOST_AUTO_TEST_CASE(work_for_nobody_who_does_not_lead) {
  BOOST_TEST(heir.log().find("media host takes work  host=a/") == std::string::npos, whole_story());
  BOOST_TEST(is_open(port));
  BOOST_TEST(!is_open(heirs_port), whole_story());
}

BOOST_AUTO_TEST_CASE(go_to_the_next_leader_when_theirs_is_killed_and_end_its_job) {
  const auto id = submit_and_wait_for_work();
  const auto begin = steady::now();
  leader.kill_node();
  BOOST_REQUIRE_MESSAGE(heir_says("this node leads"), whole_story());
  BOOST_TEST_MESSAGE("the next one leads after " << since(begin).count() << " ms");
  BOOST_REQUIRE_MESSAGE(heir_says("media host takes work  host=a/host-1"), whole_story());
  BOOST_TEST_MESSAGE("and has the worker's host after " << since(begin).count() << " ms");
  BOOST_REQUIRE_MESSAGE(heir.wait_for(id, "succeeded", 900s), whole_story());
  BOOST_TEST(report(id).at("warnings").empty());
  BOOST_TEST(tasks_of(id, "a") >= 3u);
  BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
}

BOOST_AUTO_TEST_CASE(leave_a_leader_that_hangs_and_it_lets_them_go) {
  leader.signal(SIGSTOP);
  BOOST_REQUIRE_MESSAGE(heir_says("media host takes work  host=a/host-1", 90s), whole_story());
  leader.signal(SIGCONT);
  BOOST_TEST(hears("this node leads no more", 1, 60s), whole_story());
  // Its port is closed again, so that nobody takes it for who leads.
  BOOST_TEST(until(60s, [&] { return !is_open(port); }), whole_story());
  BOOST_TEST(is_open(heirs_port));
}

BOOST_AUTO_TEST_SUITE_END()
