#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"
#include "test/workers/candidates.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto* gave_up = "not all of it was finished in time; it is done elsewhere";
constexpr auto* finished = "media hosts have nothing left";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A job in hand that is never finished, as its media host stands still: that is not seen before
/// 4 s, and a drain that does not wait for ever has ended by then.
struct work_that_does_not_end : candidates {
  void stop_at_work(pid_t host) {
    BOOST_REQUIRE(host > 0);
    ::kill(host, SIGSTOP);
    until(300ms, [] { return false; }); // it has been given something by then, if it had nothing
  }
  void prepare_worker(const std::string& drain_s) {
    leader.environment["VIDEO_DOC_CLUSTER_TWINS"] = "false"; // so that all else is done once
    start_leader();
    start_worker("a", {{"VIDEO_DOC_CLUSTER_DRAIN_S", drain_s}});
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  }
  /// What the worker had is done again, and no more than that.
  void one_was_done_again(const std::string& id) {
    const auto all = report(id).at("stages").at("transcode");
    BOOST_TEST_MESSAGE("encoding: " << all.dump());
    BOOST_TEST(all.at("attempts").get<int>() == all.at("tasks").get<int>() + 1);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_that_is_stopped, work_that_does_not_end)

BOOST_AUTO_TEST_CASE(gives_up_what_its_hosts_have_when_its_time_is_over_and_says_so) {
  prepare_worker("2");
  const auto id = submit_and_wait_for_work();
  const auto host = host_of("a");
  stop_at_work(host);
  const auto begin = steady::now();
  worker("a").signal(SIGTERM);
  const auto ended = worker("a").wait(20s);
  const auto took = steady::now() - begin;
  BOOST_TEST(ended.exit_code == 0, ended.story());
  BOOST_TEST((took >= 2s));
  BOOST_TEST((took < 12s)); // 25 s if it were not told
  BOOST_TEST(has(ended.err, gave_up), ended.err);
  BOOST_TEST(!has(ended.err, finished), ended.err);
  BOOST_TEST((::kill(host, 0) != 0));
  ends_well(id);
  one_was_done_again(id);
}

BOOST_AUTO_TEST_CASE(waits_for_nothing_when_it_is_asked_twice) {
  prepare_worker("25");
  const auto id = submit_and_wait_for_work();
  stop_at_work(host_of("a"));
  worker("a").signal(SIGTERM);
  BOOST_REQUIRE(until(20s, [&] { return has(worker("a").err_so_far(), "finish what they have"); }));
  until(500ms, [] { return false; });
  BOOST_TEST(!worker("a").ended());
  const auto begin = steady::now();
  worker("a").signal(SIGTERM);
  const auto ended = worker("a").wait(20s);
  BOOST_TEST(ended.exit_code == 0, ended.story());
  BOOST_TEST((steady::now() - begin < 4s));
  BOOST_TEST(has(ended.err, "asked to end again: what is not finished is done elsewhere"),
             ended.err);
  BOOST_TEST(!has(ended.err, gave_up), ended.err);
  ends_well(id);
  one_was_done_again(id);
}

BOOST_AUTO_TEST_CASE(does_not_wait_longer_for_the_hosts_of_others_when_it_leads) {
  prepare(leader, "leader", {"--listen", place()});
  prepare(b, "b", {"--listen", local(free_port())});
  leader.environment["VIDEO_DOC_CLUSTER_DRAIN_S"] = "2";
  leader.start();
  BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
  b.start();
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=b/host-1"), whole_story());
  const auto id = submit_and_wait_for_work();
  const auto hosts = hosts_of(b.pid());
  BOOST_REQUIRE(hosts.size() == 1u);
  stop_at_work(hosts.front().pid);
  const auto begin = steady::now();
  leader.signal(SIGTERM);
  BOOST_TEST(leader.ends_by_itself(20s) == 0, leader.log());
  const auto took = steady::now() - begin;
  BOOST_TEST((took >= 2s));
  BOOST_TEST((took < 15s));
  BOOST_TEST(has(leader.log(), gave_up), leader.log());
  BOOST_TEST(says(b, "this node leads"), whole_story());
  ended_well(b, id);
}

BOOST_AUTO_TEST_SUITE_END()
