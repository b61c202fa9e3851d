#include "cluster/ledger/open_store.hpp"
#include "test/engine/engine_run.hpp"
#include "test/service/a_load.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>
#include <utility>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// A node that leads and has no doors, a gateway whose media hosts work for it, and a worker; on
/// one PostgreSQL. The gateway knows two places where somebody may lead.
struct parted : a_cluster {
  postgres_server server;
  std::string database = server.new_database();
  a_service gateway, heir;
  std::uint16_t heirs_port = free_port();

  parted() {
    also_joined = ",127.0.0.1:" + std::to_string(heirs_port);
    prepare(leader, "leader", {"--role", "leader-candidate,worker", "--listen", place()});
    prepare(heir, "heir", {"--role", "leader-candidate,worker", "--listen", also_joined.substr(1)});
    prepare(gateway, "gateway", {"--role", "gateway,worker", "--join", place() + also_joined});
    leader.start();
    BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
    gateway.start();
    start_worker("a");
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=gateway/host-1"), whole_story());
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), whole_story());
    BOOST_REQUIRE_MESSAGE(until(60s, [&] { return asks(gateway).value("ready", false); }),
                          whole_story());
  }
  void prepare(a_service& it, const std::string& name, std::vector<std::string> words) {
    it.shared = folder / "data";
    for (const auto& [key, value] : membership_of(name))
      it.environment[key] = value;
    it.environment["DATABASE_URL"] = database;
    it.more_words = std::move(words);
  }
  static json asks(a_service& it) {
    return it.ask("PING", json::object(), 500ms).value_or(json::object());
  }
  std::string take_in_a_minute() {
    undisturbed();
    return gateway.submit(a_minute());
  }
  void ended_well(const std::string& id) {
    BOOST_TEST(report(id).at("warnings").empty());
    BOOST_TEST_MESSAGE("tasks: " << report(id).at("hosts").dump());
    BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
  }
  [[nodiscard]] json node(const std::string& name) {
    const auto seen = gateway.ask("CLUSTER", json::object()).value_or(json::object());
    for (const auto& one : seen.value("nodes", json::array()))
      if (one["name"] == name)
        return one;
    return json::object();
  }
  std::string whole_story() const {
    return story() + "gateway:\n" + gateway.log() + "heir:\n" + heir.log();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cluster_with_parted_roles, parted)

BOOST_AUTO_TEST_CASE(takes_a_job_in_at_its_gateway_and_does_it_everywhere) {
  const auto id = take_in_a_minute();
  const auto watched = run(gateway.client({"watch", id}), 900s);
  BOOST_REQUIRE_MESSAGE(watched.succeeded(), watched.story() + whole_story());
  BOOST_TEST(watched.out.find("succeeded") != std::string::npos, watched.story());
  BOOST_TEST(tasks_of(id, "gateway") >= 3u);
  BOOST_TEST(tasks_of(id, "a") >= 3u);
  ended_well(id);

  BOOST_TEST(!std::filesystem::exists(leader.endpoint().substr(6))); // ipc://
  BOOST_TEST(leader.log().find("listening on") == std::string::npos, leader.log());
  BOOST_TEST(gateway.log().find("this node leads") == std::string::npos, gateway.log());
  BOOST_TEST(node("leader").at("roles") == (json{"worker", "leader-candidate"}));
  BOOST_TEST(node("leader").at("leads") == true);
  BOOST_TEST(!node("leader").contains("zmq"));
  BOOST_TEST(node("gateway").at("roles") == (json{"gateway", "worker"}));
  const auto shown = gateway.run_client({"cluster", "nodes"});
  BOOST_TEST(shown.out.find("gateway  up  works  gateway,worker  ") != std::string::npos,
             shown.story());
  BOOST_TEST(shown.out.find("leader  up  leads  worker,leader-candidate  ") != std::string::npos,
             shown.story());
}

BOOST_AUTO_TEST_CASE(loses_nothing_that_a_killed_gateway_has_acknowledged) {
  const auto id = take_in_a_minute();
  BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 8; }), whole_story());
  std::set<std::string> acknowledged;
  {
    a_load load{gateway, "g"};
    until(2s, [] { return false; });
    gateway.kill_node();
    load.stop();
    acknowledged = load.acknowledged();
  }
  BOOST_TEST(hears("node is down  member=gateway", 1, 60s), story());
  gateway.start();
  BOOST_REQUIRE_MESSAGE(until(60s, [&] { return asks(gateway).value("ready", false); }),
                        whole_story());
  BOOST_TEST(hears("media host takes work  host=gateway/host-1", 2), whole_story());
  BOOST_REQUIRE_MESSAGE(gateway.wait_for(id, "succeeded", 900s), whole_story());
  ended_well(id);
  const auto kept = vdoc::ledger::open_store(database);
  BOOST_TEST(until(180s, [&] {
    return std::ranges::all_of(acknowledged, [&](const auto& one) {
      return kept->find(one).what.state == vdoc::ledger::job_state::succeeded;
    });
  }));
  check_acknowledged(*kept, acknowledged);
}

BOOST_AUTO_TEST_CASE(is_led_by_the_other_candidate_when_the_leader_is_killed_and_by_no_gateway) {
  heir.start();
  BOOST_REQUIRE_MESSAGE(until(60s, [&] { return node("heir").value("state", "") == "up"; }),
                        whole_story());
  const auto id = take_in_a_minute();
  BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 8; }), whole_story());
  leader.kill_node();
  BOOST_REQUIRE_MESSAGE(
      until(60s, [&] { return heir.log().find("this node leads") != std::string::npos; }),
      whole_story());
  BOOST_REQUIRE_MESSAGE(gateway.wait_for(id, "succeeded", 900s), whole_story());
  ended_well(id);
  BOOST_TEST(until(60s,
                   [&] {
                     return heir.log().find("media host takes work  host=gateway/host-1") !=
                            std::string::npos;
                   }),
             whole_story());
  // With nobody who may, nobody leads; jobs are taken in all the same.
  heir.kill_node();
  const auto late = gateway.submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(!until(6s, [&] { return gateway.state_of(late) == "succeeded"; }));
  BOOST_TEST(gateway.log().find("this node leads") == std::string::npos, gateway.log());
  leader.start();
  BOOST_TEST(gateway.wait_for(late, "succeeded", 90s), whole_story());
}

BOOST_AUTO_TEST_CASE(lets_go_of_a_gateway_that_is_stopped_when_its_hosts_have_finished) {
  const auto id = take_in_a_minute();
  BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 4; }), whole_story());
  gateway.signal(SIGTERM);
  BOOST_TEST(gateway.ends_by_itself(90s) == 0, gateway.log());
  BOOST_TEST(gateway.log().find("media hosts have nothing left") != std::string::npos,
             gateway.log());
  BOOST_TEST(hears("node is down  member=gateway cause=\"it has left\""), story());
  const auto kept = vdoc::ledger::open_store(database);
  BOOST_TEST(
      until(900s, [&] { return kept->find(id).what.state == vdoc::ledger::job_state::succeeded; }),
      whole_story());
  ended_well(id);
}

BOOST_AUTO_TEST_CASE(has_gateways_without_media_hosts_too) {
  a_service door;
  door.shared = folder / "data";
  door.environment["DATABASE_URL"] = database;
  door.more_words = {"--role", "gateway", "--node", "door"};
  door.start();
  BOOST_REQUIRE_MESSAGE(until(60s, [&] { return asks(door).value("ready", false); }), door.log());
  const auto id = door.submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(door.wait_for(id, "succeeded", 90s), door.log() + whole_story());
  BOOST_TEST(hosts_of(door.pid()).empty());
  // What only the leader can do nobody can ask of it, and nobody is sent there.
  const auto refused = door.ask("CANCEL", {{"id", id}});
  BOOST_REQUIRE(refused);
  BOOST_TEST(refused->at("code") == "not_leader");
  BOOST_TEST(refused->at("error").at("leader") == (json{{"node", "leader"}}));
  const auto begun = std::chrono::steady_clock::now();
  const auto told = door.run_client({"cancel", id});
  BOOST_TEST(told.exit_code == 1, told.story());
  BOOST_TEST(told.err.find("it has no doors: it is no gateway") != std::string::npos, told.err);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 9s)); // it does not ask again and again
  BOOST_TEST(door.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_leader_that_is_no_worker, a_cluster)

BOOST_AUTO_TEST_CASE(leaves_what_keeps_a_core_busy_to_others) {
  for (const auto& [key, value] : membership_of("leader"))
    leader.environment[key] = value;
  leader.more_words = {"--role", "gateway,leader-candidate", "--listen", place()};
  leader.start();
  const auto id = submit_a_minute();
  BOOST_TEST(!until(4s, [&] { return segments_of(id) > 0; }), story());
  start_worker("a");
  ends_well(id);
  BOOST_TEST(tasks_of(id, "a") >= 30u); // each of its fragments
}

BOOST_AUTO_TEST_SUITE_END()
