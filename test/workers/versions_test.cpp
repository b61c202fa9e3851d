#include "cluster/membership/own_protocols.hpp"
#include "test/workers/a_cluster.hpp"
#include "test/workers/another_version.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// A cluster whose nodes are upgraded one by one. The newest version there is, is `now`.
struct a_rolling_upgrade : a_cluster {
  void start_newer_worker(const std::string& name, const std::string& speaks) {
    words_before[name] = another_version;
    start_worker(name, {{"ANOTHER_VERSION_SPEAKS", speaks}});
  }
  void start_newer_leader(const std::string& speaks) {
    leader.words_before = another_version;
    leader.environment["ANOTHER_VERSION_SPEAKS"] = speaks;
    start_leader();
  }
  const std::uint32_t now = vdoc::membership::own_protocols().newest;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cluster_of_two_versions, a_rolling_upgrade)

BOOST_AUTO_TEST_CASE(works_together_while_workers_are_upgraded_first) {
  start_leader();
  start_newer_worker("newer", versions(now, now + 1));
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=newer/host-1"), story());
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "newer") >= 3u);
}

BOOST_AUTO_TEST_CASE(works_together_while_the_leader_is_upgraded_first) {
  start_newer_leader(versions(now, now + 1));
  start_worker("older");
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=older/host-1"), story());
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "older") >= 3u);
}

BOOST_AUTO_TEST_CASE(keeps_out_who_shares_no_version_and_says_what_to_do) {
  start_leader();
  start_newer_worker("far", versions(now + 1, now + 2));
  BOOST_TEST(hears("node stays out  member=far"), story());
  BOOST_TEST(hears("upgrade the cluster first, one version at a time"), story());
  BOOST_TEST(said("media host takes work  host=far/") == 0u, story());

  a_rolling_upgrade newer;
  newer.start_newer_leader(versions(now + 1, now + 1));
  newer.start_worker("old");
  BOOST_TEST(newer.hears("node stays out  member=old"), newer.story());
  BOOST_TEST(newer.hears(": upgrade old"), newer.story());
  BOOST_TEST(newer.said("media host takes work  host=old/") == 0u, newer.story());
}

BOOST_AUTO_TEST_SUITE_END()
