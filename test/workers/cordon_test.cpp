#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// A leader that is cordoned, and a worker.
struct a_cordoned_leader : a_cluster {
  a_cordoned_leader() {
    start_leader();
    start_worker("a");
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  }
  std::string told(std::vector<std::string> words) {
    words.insert(words.begin(), "cluster");
    const auto done = leader.run_client(std::move(words));
    BOOST_TEST(done.succeeded(), done.story());
    return done.out;
  }
  /// Stages of tasks that the leader's own media hosts have at the moment.
  std::vector<std::string> own_tasks() {
    std::vector<std::string> all;
    const auto seen = leader.ask("CLUSTER", json{{"show", "hosts"}}).value_or(json::object());
    for (const auto& host : seen.value("hosts", json::array()))
      if (host["node"] == "leader")
        for (const auto& task : host["tasks"])
          all.push_back(task["stage"]);
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_leader_that_is_cordoned, a_cordoned_leader)

BOOST_AUTO_TEST_CASE(has_others_do_the_heavy_work_and_reads_and_packages_itself) {
  undisturbed();
  const auto note = told({"cordon", "leader", "--cause", "too hot"});
  BOOST_TEST(note == "node leader leads: it still reads sources and packages, and transcodes and "
                     "recognises nothing\n");
  const auto id = submit_a_minute();
  std::size_t light = 0, heavy = 0;
  BOOST_TEST(until(400s,
                   [&] {
                     for (const auto& stage : own_tasks())
                       ++(stage == "transcode" || stage == "transcribe" ? heavy : light);
                     return leader.state_of(id) == "succeeded";
                   }),
             leader.log());
  BOOST_TEST(heavy == 0u);
  BOOST_TEST(light > 0u);
  ends_well(id);
  BOOST_TEST(tasks_of(id, "a") >= 15u); // the fragments of a minute
  BOOST_TEST(report(id).at("hosts").at("host-1") >= 3);
}

BOOST_AUTO_TEST_CASE(begins_no_job_while_it_is_alone_and_says_so) {
  worker("a").signal(SIGTERM);
  BOOST_REQUIRE_MESSAGE(hears("node is down"), story());
  const auto note = told({"cordon", "leader"});
  BOOST_TEST(note == "node leader leads, and no other node transcodes: jobs wait until one does, "
                     "or until leader is uncordoned\n");
  BOOST_TEST(hears("jobs wait  cause=\"the node that leads is cordoned"), story());
  const auto id = submit_a_minute();
  BOOST_TEST(!until(4s, [&] { return segments_of(id) > 0 || !own_tasks().empty(); }));
  BOOST_TEST(told({"cordon", "leader", "--json"}).find("jobs wait") != std::string::npos);
  start_worker("b");
  BOOST_TEST(hears("jobs wait no more"), story());
  ends_well(id);
  BOOST_TEST(tasks_of(id, "b") >= 15u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_job_when_it_is_cordoned_in_the_middle) {
  const auto id = submit_and_wait_for_work();
  told({"cordon", "leader"});
  const auto transcodes = [&] {
    const auto now = own_tasks();
    return std::ranges::find(now, "transcode") != now.end();
  };
  BOOST_TEST(until(60s, [&] { return !transcodes(); })); // what it had is finished
  std::size_t again = 0;
  BOOST_TEST(until(400s,
                   [&] {
                     again += transcodes() ? 1 : 0;
                     return leader.state_of(id) == "succeeded";
                   }),
             leader.log());
  BOOST_TEST(again == 0u);
  ends_well(id);
  BOOST_TEST(report(id).at("mishaps").empty());
}

BOOST_AUTO_TEST_SUITE_END()
