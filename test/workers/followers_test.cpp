#include "test/support/until.hpp"
#include "test/workers/candidates.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <set>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using vdoc::ledger::event_kind;
using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
}

/// Three that let each other work; one of them is told where, the others learn it from the lease.
struct three_candidates : candidates {
  three_candidates() {
    const auto at_b = local(free_port()), at_c = local(free_port());
    prepare(leader, "leader", {"--listen", place()});
    prepare(b, "b", {"--listen", at_b});
    prepare(c, "c", {"--listen", at_c, "--join", place() + "," + at_b + "," + at_c});
    leader.start();
    BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
    b.start();
    c.start();
    for (const auto* host : {"b/host-1", "c/host-1"})
      BOOST_REQUIRE_MESSAGE(hears(std::string{"media host takes work  host="} + host),
                            whole_story());
  }
  /// Which of b and c leads, and the other one.
  struct succession {
    a_service* next = nullptr;
    a_service* other = nullptr;
    std::string name; ///< of the other one
  };
  succession next_leader(std::chrono::milliseconds patience) {
    succession now;
    until(patience, [&] {
      if (b.log().find("this node leads") != std::string::npos)
        now = {&b, &c, "c"};
      else if (c.log().find("this node leads") != std::string::npos)
        now = {&c, &b, "b"};
      return now.next != nullptr;
    });
    BOOST_REQUIRE_MESSAGE(now.next != nullptr, whole_story());
    return now;
  }
  /// Media hosts that get work of who leads, as it says.
  static std::set<std::string> hosts_seen_by(a_service& it) {
    std::set<std::string> names;
    const auto seen = it.ask("CLUSTER", {{"show", "hosts"}}, 5s).value_or(json::object());
    for (const auto& one : seen.value("hosts", json::array()))
      if (one.value("gets_work", false))
        names.insert(one["name"]);
    return names;
  }
  /// The job was gone on with by the next leader, and no fragment of it was begun in vain or twice,
  /// by what was reported when the first one ended.
  void all_was_done_once(const std::string& id, const json& before) {
    ended_well(*next_leader(60s).next, id);
    const auto after = report(id);
    std::size_t all = 0;
    for (const auto& part : {before, after}) {
      BOOST_TEST(part.at("mishaps").empty());
      const auto encoding = part.at("stages").at("transcode");
      BOOST_TEST_MESSAGE("encoding: " << encoding.dump());
      BOOST_TEST(encoding.at("attempts") == encoding.at("tasks"));
      all += encoding.at("tasks").get<std::size_t>();
    }
    BOOST_TEST(all == after.at("fragments").at("encode_tasks"));
    BOOST_TEST(count_of(id, event_kind::started) == 1u);
    BOOST_TEST(count_of(id, event_kind::resumed) == 1u);
    BOOST_TEST(count_of(id, event_kind::host_lost) == 0u);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_hosts_of_nodes_that_may_lead, three_candidates)

BOOST_AUTO_TEST_CASE(all_work_on_one_job) {
  undisturbed();
  is_ready(b);
  const auto id = b.submit(a_minute());
  BOOST_TEST(until(60s, [&] {
    return hosts_seen_by(leader) == (std::set<std::string>{"host-1", "b/host-1", "c/host-1"});
  }));
  ended_well(leader, id);
  BOOST_TEST(report(id).at("hosts").at("host-1") >= 5);
  BOOST_TEST(tasks_of(id, "b") >= 5u);
  BOOST_TEST(tasks_of(id, "c") >= 5u);
  BOOST_TEST(report(id).at("mishaps").empty());

  const auto nodes = json::parse(c.run_client({"cluster", "nodes", "--json"}).out);
  BOOST_TEST(nodes.size() == 3u); // each once, though it is known in two ways
  for (const auto& one : nodes) {
    BOOST_TEST(one["state"] == "up");
    BOOST_TEST(one["leads"] == (one["name"] == "leader"));
    BOOST_TEST(one["roles"] == (json{"gateway", "worker", "leader-candidate"}));
    BOOST_TEST(one["asked"] ==
               (one["name"] == "leader")); // which alone knows what joined nodes can do
    BOOST_TEST((one["leads"] || one["offers"].dump().find("encoder:x264enc") != std::string::npos),
               one.dump());
  }
  const auto tree = b.run_client({"cluster", "tree"}).out;
  for (const auto* line : {"|- envoy\n", "`- host-1\n", "`- leader\n"})
    BOOST_TEST(tree.find(line) != std::string::npos, tree);
}

BOOST_AUTO_TEST_CASE(work_for_the_next_leader_when_theirs_is_killed) {
  const auto id = submit_and_wait_for_work();
  const auto begin = steady::now();
  leader.kill_node();
  const auto now = next_leader(60s);
  const auto took = since(begin);
  BOOST_TEST(until(60s, [&] { return hosts_seen_by(*now.next).contains("host-1"); }),
             whole_story());
  const auto own = since(begin);
  BOOST_TEST(says(*now.next, "media host takes work  host=" + now.name + "/host-1"), whole_story());
  BOOST_TEST_MESSAGE("killed: the next one leads after "
                     << took.count() << " ms, its own media host is ready after " << own.count()
                     << ", that of the other one after " << since(begin).count());
  // At most 2 s where nothing else works on the machine.
  BOOST_TEST((took < 4s));
  BOOST_TEST((own - took < 10s));
  ended_well(*now.next, id);
  BOOST_TEST(count_of(id, event_kind::resumed) == 1u);
  BOOST_TEST(report(id).at("hosts").at("host-1") >= 3);
  BOOST_TEST(tasks_of(id, now.name) >= 3u);
}

BOOST_AUTO_TEST_CASE(leave_a_leader_that_hangs_and_its_own_work_for_the_next) {
  const auto id = submit_and_wait_for_work();
  leader.signal(SIGSTOP);
  const auto now = next_leader(60s);
  BOOST_TEST(says(*now.next, "media host takes work  host=" + now.name + "/host-1"), whole_story());
  leader.signal(SIGCONT);
  BOOST_TEST(says(*now.next, "media host takes work  host=leader/host-1"), whole_story());
  ended_well(*now.next, id);
  BOOST_TEST(tasks_of(id, now.name) >= 3u);
}

BOOST_AUTO_TEST_CASE(finish_what_they_have_when_their_node_is_stopped) {
  const auto id = submit_and_wait_for_work();
  b.signal(SIGTERM);
  BOOST_TEST(b.ends_by_itself(90s) == 0, b.log());
  BOOST_TEST(b.log().find("media hosts have nothing left") != std::string::npos, b.log());
  BOOST_TEST(hears("node is down  member=b cause=\"it has left\""), story());
  b.start();
  BOOST_TEST(hears("media host takes work  host=b/host-1", 2), whole_story());
  ended_well(leader, id);
  BOOST_TEST(report(id).at("mishaps").empty());
  const auto all = report(id).at("stages").at("transcode");
  BOOST_TEST(all.at("attempts") == all.at("tasks"));
}

BOOST_AUTO_TEST_CASE(go_on_with_a_video_while_the_database_is_away) {
  const auto id = submit_and_wait_for_work();
  const auto before = segments_of(id);
  server.kill();
  const auto all = segments_in(undisturbed());
  BOOST_TEST_MESSAGE("the database goes away after " << before << " segments of " << all);
  BOOST_TEST(before + 10 < all);
  BOOST_TEST(until(180s, [&] { return segments_of(id) == all; }), whole_story());
  BOOST_TEST(hears("the lease of the leader could not be renewed; running work goes on"), story());
  server.start();
  ended_well(leader, id);
  // Nobody else has led meanwhile, and nothing was begun anew.
  BOOST_TEST(said("this node leads, in epoch") == 1u, story());
  for (const auto* other : {&b, &c})
    BOOST_TEST(other->log().find("this node leads") == std::string::npos, other->log());
  BOOST_TEST(count_of(id, event_kind::resumed) == 0u);
  BOOST_TEST(report(id).at("mishaps").empty());
  const auto encoding = report(id).at("stages").at("transcode");
  BOOST_TEST(encoding.at("attempts") == encoding.at("tasks"));
}

BOOST_AUTO_TEST_CASE(are_of_their_own_node_again_when_it_leads) {
  undisturbed();
  BOOST_TEST(c.stop() == 0);
  BOOST_TEST(leader.stop() == 0);
  BOOST_REQUIRE_MESSAGE(next_leader(60s).next == &b, whole_story());
  is_ready(b);
  const auto id = b.submit(a_minute("veryfast"));
  BOOST_REQUIRE_MESSAGE(b.wait_for(id, "succeeded", 900s), whole_story());
  BOOST_TEST(report(id).at("hosts").size() == 1u);
  BOOST_TEST(report(id).at("hosts").contains("host-1")); // which reads the source, too
  BOOST_TEST(report(id).at("mishaps").empty(), report(id).at("mishaps").dump() + b.log());
  leader.start(); // and follows
  BOOST_TEST(says(b, "media host takes work  host=leader/host-1"), whole_story());
  is_ready(leader);
  const auto next = leader.submit(a_minute());
  ended_well(b, next);
  BOOST_TEST(tasks_of(next, "leader") >= 5u);
}

BOOST_AUTO_TEST_CASE(finish_what_they_have_when_their_leader_is_stopped) {
  const auto id = submit_and_wait_for_work();
  leader.signal(SIGTERM);
  BOOST_TEST(leader.ends_by_itself(90s) == 0, leader.log());
  const auto before = report(id); // of what was done until then
  BOOST_TEST(before.at("state") == "interrupted");
  BOOST_TEST(leader.log().find("media hosts have nothing left") != std::string::npos, leader.log());
  all_was_done_once(id, before);
}

BOOST_AUTO_TEST_CASE(finish_what_they_have_when_their_leader_is_drained) {
  const auto id = submit_and_wait_for_work();
  const auto done = b.run_client({"cluster", "drain", "leader"});
  BOOST_TEST(done.succeeded(), done.story());
  BOOST_TEST(leader.ends_by_itself(90s) == 0, leader.log());
  all_was_done_once(id, report(id));
}

BOOST_AUTO_TEST_CASE(are_not_waited_for_when_their_leader_is_stopped_a_second_time) {
  const auto id = submit_and_wait_for_work();
  leader.signal(SIGTERM);
  BOOST_TEST(hears("media hosts finish what they have"), leader.log());
  const auto begin = steady::now();
  leader.signal(SIGTERM);
  BOOST_TEST(leader.ends_by_itself(20s) == 0, leader.log());
  BOOST_TEST((since(begin) < 10s));
  BOOST_TEST(leader.log().find("media hosts have nothing left") == std::string::npos, leader.log());
  ended_well(*next_leader(60s).next, id);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(media_hosts_of_a_node_that_follows, candidates)

BOOST_AUTO_TEST_CASE(wait_where_nobody_can_come_to_the_leader) {
  leader.shared = b.shared = c.shared = folder / "data";
  prepare(b, "b", {"--listen", local(free_port())});
  for (auto [it, name] : {std::pair{&leader, "leader"}, std::pair{&c, "c"}}) {
    it->environment["DATABASE_URL"] = database;
    it->more_words = {"--node", name};
  }
  leader.start();
  BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
  b.start();
  c.start();
  const std::string words = "media hosts of this node do nothing while another one leads  cause=";
  BOOST_TEST(says(b, words + "\"the leader does not say where its cluster's port is, nor does "
                             "cluster.join\""),
             whole_story());
  BOOST_TEST(says(c, words + "\"this node has no certificates and cluster's port\""),
             whole_story());
  is_ready(c);
  const auto id = c.submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(leader.wait_for(id, "succeeded", 60s), whole_story());
  BOOST_TEST(!says(c, "works for the leader", 500ms), whole_story());
}

BOOST_AUTO_TEST_SUITE_END()
