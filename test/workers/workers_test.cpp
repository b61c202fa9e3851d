#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
}

/// A leader and two workers.
struct three_nodes : a_cluster {
  three_nodes() {
    start_leader();
    start_worker("a");
    start_worker("b");
    for (const auto* host : {"host=a/host-1", "host=b/host-1"})
      BOOST_REQUIRE_MESSAGE(hears(std::string{"media host takes work  "} + host), story());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(one_job, three_nodes)

BOOST_AUTO_TEST_CASE(uses_the_media_hosts_of_all_nodes_and_gives_the_same_bytes) {
  undisturbed();
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "a") >= 5u);
  BOOST_TEST(tasks_of(id, "b") >= 5u);
  BOOST_TEST(report(id).at("hosts").at("host-1") >= 5);
  BOOST_TEST(report(id).at("mishaps").empty());
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_media_host_of_a_worker_is_killed) {
  const auto id = submit_and_wait_for_work();
  const auto host = host_of("a");
  BOOST_REQUIRE(host != 0);
  const auto begin = steady::now();
  ::kill(host, SIGKILL);
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 60s), story());
  const auto seen = since(begin);
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  BOOST_TEST_MESSAGE("a killed host: seen after " << seen.count() << " ms, replaced after "
                                                  << since(begin).count() << " ms");
  BOOST_TEST((seen < 1s));
  BOOST_TEST((since(begin) < 12s));
  // Its own node has seen how it ended, so it is nobody's fault.
  BOOST_TEST(said("how=killed cause=\"SIGKILL from outside\"") == 1u, leader.log());
  ends_well(id);
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_media_host_of_a_worker_hangs) {
  const auto id = submit_and_wait_for_work();
  const auto host = host_of("a");
  const auto begin = steady::now();
  ::kill(host, SIGSTOP);
  BOOST_TEST(hears("media host is lost  host=a/host-1 how=hung", 1, 60s), story());
  const auto seen = since(begin);
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  BOOST_TEST_MESSAGE("a host that hangs: seen after " << seen.count() << " ms, replaced after "
                                                      << since(begin).count() << " ms");
  BOOST_TEST((seen < 5s));
  ends_well(id);
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_whole_worker_is_killed_and_takes_it_up_again) {
  const auto id = submit_and_wait_for_work();
  const auto begin = steady::now();
  worker("a").signal(SIGKILL);
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 60s), story());
  const auto seen = since(begin);
  BOOST_TEST_MESSAGE("a killed node: seen after " << seen.count() << " ms");
  BOOST_TEST((seen < 1s));
  start_worker("a");
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  ends_well(id);
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_node_of_a_worker_hangs) {
  const auto id = submit_and_wait_for_work();
  const auto begin = steady::now();
  worker("a").signal(SIGSTOP);
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 60s), story());
  const auto seen = since(begin);
  BOOST_TEST_MESSAGE("a node that hangs: seen after " << seen.count() << " ms");
  BOOST_TEST((seen < 5'500ms));
  worker("a").signal(SIGCONT);
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  ends_well(id);
}

BOOST_AUTO_TEST_CASE(loses_nothing_when_a_worker_is_stopped_in_good_order) {
  const auto id = submit_and_wait_for_work();
  const auto begin = steady::now();
  worker("a").signal(SIGTERM);
  const auto ended = worker("a").wait(90s);
  BOOST_TEST(ended.exit_code == 0, ended.story());
  BOOST_TEST_MESSAGE("a node that is stopped: gone after " << since(begin).count() << " ms");
  BOOST_TEST(ended.err.find("media hosts have nothing left") != std::string::npos, ended.err);
  BOOST_TEST(said("node is draining  member=a") == 1u, story());
  start_worker("a"); // another process of that name works again
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  ends_well(id);
  BOOST_TEST(report(id).at("mishaps").empty());
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_leader_comes_back_and_has_all_hosts_soon) {
  const auto id = submit_and_wait_for_work();
  leader.kill_node();
  // Media hosts of the leader that was killed have to notice first: the folder is theirs, too.
  leader.start();
  BOOST_REQUIRE(hears("the cluster's port is ", 1));
  const auto begin = steady::now();
  for (const auto* host : {"host=a/host-1", "host=b/host-1"})
    BOOST_TEST(hears(std::string{"media host takes work  "} + host), story());
  BOOST_TEST_MESSAGE("a leader that is back: all hosts after " << since(begin).count() << " ms");
  BOOST_TEST((since(begin) < 8s));
  ends_well(id);
}

BOOST_AUTO_TEST_SUITE_END()
