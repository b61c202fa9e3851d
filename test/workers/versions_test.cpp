#include "cluster/membership/own_protocols.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"
#include "test/workers/another_version.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// A cluster whose nodes are upgraded one by one. The newest version there is, is `now`.
struct a_rolling_upgrade : a_cluster {
  void start_another_worker(const std::string& name, const std::string& speaks) {
    words_before[name] = another_version;
    start_worker(name, {{"ANOTHER_VERSION_SPEAKS", speaks}});
  }
  void start_another_leader(const std::string& speaks) {
    leader.words_before = another_version;
    leader.environment["ANOTHER_VERSION_SPEAKS"] = speaks;
    start_leader();
  }
  void start_older_worker(const std::string& name) {
    start_another_worker(name, versions(now - 1, now - 1));
  }
  /// As the leader shows it.
  json node(const std::string& name) {
    const auto seen = leader.ask("CLUSTER", json::object()).value_or(json::object());
    for (const auto& one : seen.value("nodes", json::array()))
      if (one["name"] == name)
        return one;
    return json::object();
  }
  const std::uint32_t now = vdoc::membership::own_protocols().newest;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cluster_of_two_versions, a_rolling_upgrade)

BOOST_AUTO_TEST_CASE(works_together_while_workers_are_upgraded_first) {
  start_leader();
  start_another_worker("newer", versions(now, now + 1));
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=newer/host-1"), story());
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "newer") >= 3u);
}

BOOST_AUTO_TEST_CASE(works_together_while_the_leader_is_upgraded_first) {
  start_another_leader(versions(now, now + 1));
  start_worker("older");
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=older/host-1"), story());
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "older") >= 3u);
}

BOOST_AUTO_TEST_CASE(shows_how_busy_a_worker_is_unless_it_is_too_old_to_say_it) {
  start_leader();
  start_older_worker("older");
  start_worker("today");
  for (const auto* name : {"older", "today"})
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=" + std::string{name} + "/host-1"),
                          story());
  const auto id = submit_a_minute();
  BOOST_TEST_REQUIRE(until(180s,
                           [&] { // of a media host that works
                             const auto load = node("today").value("load", json::object());
                             return !load.empty() && !load["hosts"].empty() &&
                                    load["hosts"][0]["cpu"] > 0.1;
                           }),
                     node("today").dump());
  const auto today = node("today");
  BOOST_TEST(today["protocols"]["newest"] == now);
  BOOST_TEST(today["load"]["memory_free_mib"] > 10);
  BOOST_TEST(today["load"]["disk_free_mib"] > 10);
  BOOST_TEST(today["load"]["hosts"][0]["name"] == "host-1");
  BOOST_TEST(today["load"]["hosts"][0]["memory_mib"] > 10);
  BOOST_TEST(today["slots"]["of"] == 1);
  const auto older = node("older");
  BOOST_TEST(older["state"] == "up");
  BOOST_TEST(older["protocols"]["newest"] == now - 1);
  BOOST_TEST(!older.contains("load"), older.dump());
  BOOST_TEST(older["slots"]["of"] == 1); // these the leader knows by itself
  ends_well(id);
  BOOST_TEST(tasks_of(id, "older") >= 3u);
  BOOST_TEST(!node("older").contains("load"));
  const auto shown = leader.run_client({"cluster", "hosts"}).out;
  BOOST_TEST(shown.find("today/host-1  node today  ") != std::string::npos, shown);
  BOOST_TEST(shown.find("  cpu ") != std::string::npos, shown);
}

BOOST_AUTO_TEST_CASE(tells_a_leader_nothing_that_it_is_too_old_to_know) {
  start_another_leader(versions(now - 1, now - 1));
  start_worker("today");
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=today/host-1"), story());
  BOOST_TEST(!until(6s, [&] { return node("today").contains("load"); }), node("today").dump());
  BOOST_TEST(node("today")["state"] == "up");
  BOOST_TEST(node("today")["protocols"]["newest"] == now);
}

BOOST_AUTO_TEST_CASE(keeps_out_who_shares_no_version_and_says_what_to_do) {
  start_leader();
  start_another_worker("far", versions(now + 1, now + 2));
  BOOST_TEST(hears("node stays out  member=far"), story());
  BOOST_TEST(hears("upgrade the cluster first, one version at a time"), story());
  BOOST_TEST(said("media host takes work  host=far/") == 0u, story());

  a_rolling_upgrade newer;
  newer.start_another_leader(versions(now + 1, now + 1));
  newer.start_worker("old");
  BOOST_TEST(newer.hears("node stays out  member=old"), newer.story());
  BOOST_TEST(newer.hears(": upgrade old"), newer.story());
  BOOST_TEST(newer.said("media host takes work  host=old/") == 0u, newer.story());
}

BOOST_AUTO_TEST_SUITE_END()
