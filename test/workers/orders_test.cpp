#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"
#include "test/workers/two_that_may_lead.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_worker_of_two : two_that_may_lead {
  json node(a_service& at, const std::string& name) {
    const auto seen = at.ask("CLUSTER", json::object()).value_or(json::object());
    for (const auto& one : seen.value("nodes", json::array()))
      if (one["name"] == name)
        return one;
    return json::object();
  }
  std::string state(a_service& at, const std::string& name) {
    return node(at, name).value("state", "");
  }
  void order(const char* action, const std::string& name) {
    const auto done = leader.ask("CLUSTER", {{"action", action}, {"node", name}, {"cause", "x"}});
    BOOST_TEST_REQUIRE((done && done->at("code") == "OK"), whole_story());
  }
  void ends_well(a_service& at, const std::string& id) {
    BOOST_REQUIRE_MESSAGE(at.wait_for(id, "succeeded", 900s), whole_story());
    BOOST_TEST(report(id).at("warnings").empty());
    BOOST_TEST(report(id).at("mishaps").empty());
    BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_worker, a_worker_of_two)

BOOST_AUTO_TEST_CASE(that_is_cordoned_ends_what_it_has_and_gets_nothing_until_it_is_uncordoned) {
  BOOST_TEST(state(leader, "a") == "up");
  BOOST_TEST(node(leader, "a")["roles"] == json{"worker"});
  order("cordon", "a");
  BOOST_TEST(state(leader, "a") == "cordoned");
  const auto id = submit_and_wait_for_work();
  ends_well(leader, id);
  BOOST_TEST(tasks_of(id, "a") == 0u);
  order("uncordon", "a");
  const auto next = submit_a_minute();
  ends_well(leader, next);
  BOOST_TEST(tasks_of(next, "a") >= 5u);
}

BOOST_AUTO_TEST_CASE(stays_cordoned_for_the_next_leader) {
  order("cordon", "a");
  const std::string since = node(leader, "a")["state_since"];
  leader.kill_node();
  BOOST_REQUIRE_MESSAGE(heir_says("media host takes work  host=a/host-1"), whole_story());
  BOOST_TEST(state(heir, "a") == "cordoned", whole_story());
  BOOST_TEST(node(heir, "a")["state_since"] == since);
}

BOOST_AUTO_TEST_CASE(that_is_drained_ends_what_it_has_and_then_itself) {
  const auto id = submit_and_wait_for_work();
  order("drain", "a");
  BOOST_TEST(state(leader, "a") == "draining");
  const auto ended = worker("a").wait(90s);
  BOOST_TEST(ended.exit_code == 0, ended.story());
  BOOST_TEST(!ended.timed_out);
  BOOST_TEST(ended.err.find("this node is drained by order") != std::string::npos, ended.err);
  BOOST_TEST(ended.err.find("media hosts have nothing left") != std::string::npos, ended.err);
  BOOST_TEST(state(leader, "a") == "down");
  start_worker("a"); // another process of that name works again
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), whole_story());
  BOOST_TEST(state(leader, "a") == "up");
  ends_well(leader, id);
}

BOOST_AUTO_TEST_SUITE_END()
