#include "test/http/web_client.hpp"
#include "test/service/a_cluster.hpp"
#include "test/service/a_load.hpp"
#include "test/support/media_catalogue.hpp"

#include <csignal>
#include <iostream>
#include <set>
#include <thread>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using ledger::event_kind;
using nlohmann::json;
using steady = std::chrono::steady_clock;

std::int64_t ms_since(steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun).count();
}

struct two_nodes : a_cluster {
  two_nodes() { start(); }

  void check(const std::set<std::string>& acknowledged) {
    check_acknowledged(*ledger::open_store(database), acknowledged);
  }
  static bool tells_of_queues(a_service& it) {
    return web_client{it.http()}.get("/metrics").body.find("\nvideo_doc_queue_paused{") !=
           std::string::npos;
  }
  bool waits_until_nothing_is_open(a_service& leader) {
    return until(180s, [&] {
      const auto now = how_is(leader);
      return now.value("leads", false) && now.value("ready", false) && now.value("open", 1) == 0;
    });
  }
};

json a_minute() {
  return {{"source", make(source_named("mp4_a_minute")).string()},
          {"spec", {{"document", false}, {"captions", "off"}}}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cluster_in_trouble, two_nodes)

BOOST_AUTO_TEST_CASE(has_another_leader_within_two_seconds_of_a_crash_and_loses_nothing) {
  std::set<std::string> acknowledged;
  auto* leader = &a;
  auto* follower = &b;
  for (int round = 0; round < 4; ++round) {
    a_load one{*leader, "l" + std::to_string(round)};
    a_load other{*follower, "f" + std::to_string(round)};
    until(700ms, [] { return false; });
    const auto begun = steady::now();
    leader->kill_node();
    BOOST_TEST_REQUIRE(until(60s, [&] { return leads(*follower); }), follower->log());
    const auto took = ms_since(begun);
    std::cout << "kill -9 of the leader to the next one, ready: " << took << " ms\n";
    // At most 2 s where nothing else works on the machine; 4.5 s more if its lock told nothing.
    BOOST_TEST(took < 4'000); // at most 2 s where nothing else works on the machine
    until(300ms, [] { return false; });
    one.stop();
    other.stop();
    acknowledged.insert(one.acknowledged().begin(), one.acknowledged().end());
    acknowledged.insert(other.acknowledged().begin(), other.acknowledged().end());
    leader->start(); // and comes back as a follower
    BOOST_TEST_REQUIRE(until(60s, [&] { return is_ready(*leader); }), leader->log());
    BOOST_TEST(!leads(*leader));
    std::swap(leader, follower);
  }
  BOOST_TEST(waits_until_nothing_is_open(*leader), leader->log());
  check(acknowledged);
}

BOOST_AUTO_TEST_CASE(has_another_leader_within_eight_seconds_of_a_hang_and_heeds_the_old_no_more) {
  const auto video = a.submit(a_minute());
  BOOST_TEST_REQUIRE(b.wait_for(video, "running", 90s), a.log());
  std::set<std::string> acknowledged;
  {
    a_load one{a, "a"}, other{b, "b"};
    until(1s, [] { return false; });
    BOOST_TEST(until(60s, [&] { return tells_of_queues(a); }));
    const auto begun = steady::now();
    a.signal(SIGSTOP);
    BOOST_TEST_REQUIRE(until(60s, [&] { return leads(b); }), b.log());
    const auto took = ms_since(begun);
    std::cout << "SIGSTOP of the leader to the next one, ready: " << took << " ms\n";
    BOOST_TEST(took < 8'000);
    until(std::chrono::milliseconds{std::max<std::int64_t>(0, 10'000 - took)},
          [] { return false; });
    a.signal(SIGCONT);
    BOOST_TEST(until(60s, [&] { return is_ready(a) && !leads(a); }), a.log());
    BOOST_TEST(
        until(60s, [&] { return a.log().find("this node leads no more") != std::string::npos; }),
        a.log());
    BOOST_TEST(until(60s, [&] { return !tells_of_queues(a); })); // what it measured is not so now
    BOOST_TEST(tells_of_queues(b));
    until(500ms, [] { return false; });
    one.stop();
    other.stop();
    acknowledged.insert(one.acknowledged().begin(), one.acknowledged().end());
    acknowledged.insert(other.acknowledged().begin(), other.acknowledged().end());
  }
  BOOST_TEST(b.wait_for(video, "succeeded", 600s), b.log());
  BOOST_TEST(count_of(video, event_kind::succeeded) == 1u);
  BOOST_TEST(count_of(video, event_kind::resumed) == 1u); // by b, once
  BOOST_TEST(waits_until_nothing_is_open(b), b.log());
  check(acknowledged);
  BOOST_TEST(leads(b));
}

BOOST_AUTO_TEST_SUITE_END()
