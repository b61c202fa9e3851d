#include "test/engine/engine_run.hpp"
#include "test/http/web_client.hpp"
#include "test/service/a_cluster.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using steady = std::chrono::steady_clock;

/// Of which a leads.
struct two_nodes : a_cluster {
  two_nodes() {
    a.environment["VIDEO_DOC_SOURCE_ALLOW_PRIVATE_ADDRESSES"] = "true";
    start();
    BOOST_TEST_REQUIRE(until(60s, [&] { return node(a, "b").contains("zmq"); }), a.log());
    BOOST_TEST_REQUIRE(until(60s, [&] { return node(b, "a").contains("zmq"); }), b.log());
  }
  /// As the other one sees it.
  static json node(a_service& at, const std::string& name) {
    const auto seen = at.ask("CLUSTER", json::object()).value_or(json::object());
    for (const auto& one : seen.value("nodes", json::array()))
      if (one["name"] == name)
        return one;
    return json::object();
  }
  static std::string state(a_service& at, const std::string& name) {
    return node(at, name).value("state", "");
  }
  static void succeeds(a_service& at, std::vector<std::string> words) {
    words.insert(words.begin(), "cluster");
    const auto done = at.run_client(std::move(words));
    BOOST_TEST(done.succeeded(), done.story());
  }
  static std::string refusal(a_service& at, std::vector<std::string> words) {
    words.insert(words.begin(), "cluster");
    const auto done = at.run_client(std::move(words));
    BOOST_TEST(done.exit_code == 1, done.story());
    return done.err;
  }
  void is_drained(a_service& it, const std::string& name) {
    const auto begun = steady::now();
    succeeds(b, {"drain", name, "--cause", "upgrade"});
    BOOST_TEST(it.ends_by_itself(60s) == 0, it.log());
    std::cout
        << "drain " << name << ": its process is gone after "
        << std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun).count()
        << " ms\n";
  }
  [[nodiscard]] std::string audit() const {
    std::string all;
    for (const auto& one : ledger::open_store(database)->read("audit", "", 100).all)
      all += one.body + "\n";
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(nodes_of_a_cluster, two_nodes)

BOOST_AUTO_TEST_CASE(stay_cordoned_whoever_leads_and_whatever_process_they_are) {
  succeeds(b, {"cordon", "b", "--cause", "new disk"}); // the client goes to the leader by itself
  BOOST_TEST(state(a, "b") == "cordoned");
  BOOST_TEST(node(a, "b")["reason"] == "new disk");
  BOOST_TEST(node(a, "b")["by"] == "local");
  const std::string since = node(a, "b")["state_since"];
  BOOST_TEST(until(60s, [&] { return state(b, "b") == "cordoned"; })); // who follows reads it
  const auto shown = b.run_client({"cluster", "nodes"}).out;
  BOOST_TEST(shown.find("cordoned since " + since + " by local: new disk\n") != std::string::npos,
             shown);
  BOOST_TEST(audit().find("\"cordon\"") != std::string::npos, audit());

  a.kill_node();
  BOOST_TEST_REQUIRE(until(60s, [&] { return leads(b); }), b.log());
  BOOST_TEST(until(60s, [&] { return state(b, "b") == "cordoned"; }), b.log());
  BOOST_TEST(node(b, "b")["state_since"] == since);
  const auto id = b.submit(noop()); // it leads, and its media hosts get nothing
  BOOST_TEST(!until(2s, [&] { return b.state_of(id) == "succeeded"; }));
  succeeds(b, {"uncordon", "b"});
  BOOST_TEST(b.wait_for(id, "succeeded", 60s), b.log());
  BOOST_TEST(state(b, "b") == "up");
  BOOST_TEST(!node(b, "b").contains("reason"));
}

BOOST_AUTO_TEST_CASE(say_how_busy_they_are) {
  const auto is_told = [](a_service& at, const std::string& name) {
    return until(60s, [&] {
      const auto load = node(at, name).value("load", json::object());
      return load.value("disk_free_mib", 0) > 0 && !load["hosts"].empty() &&
             load["hosts"][0]["memory_mib"] > 10;
    });
  };
  for (auto* at : {&a, &b})
    for (const auto* name : {"a", "b"})
      BOOST_TEST(is_told(*at, name), name << " in " << node(*at, name).dump());
  const auto mine = node(a, "a");
  BOOST_TEST(mine["load"]["hosts"][0]["name"] == "host-1");
  BOOST_TEST(mine["load"]["busy"] >= 0);
  BOOST_TEST(mine["load"]["memory_free_mib"] > 10);
  BOOST_TEST(mine["protocols"]["oldest"] <= mine["protocols"]["newest"]);
  BOOST_TEST((mine["slots"] == json{{"taken", 0}, {"of", 1}}), mine.dump());
  BOOST_TEST(!node(b, "a").contains("slots")); // which does not lead
  const auto shown = b.run_client({"cluster", "nodes"}).out;
  BOOST_TEST(shown.find("  slots 0/1  load ") != std::string::npos, shown);
  BOOST_TEST(shown.find(" MiB free  disk ") != std::string::npos, shown);
  web_client web{a.http()};
  const auto told = json::parse(web.get("/api/v1/cluster").body);
  BOOST_TEST(told["nodes"][1]["load"].contains("busy"), told.dump());
  b.signal(SIGSTOP);
  BOOST_TEST(until(60s, [&] { return state(a, "b") == "silent"; }));
  BOOST_TEST(!node(a, "b").contains("load")); // it was so
  b.signal(SIGCONT);
  BOOST_TEST(is_told(a, "b"));
}

BOOST_AUTO_TEST_CASE(are_drained_to_the_end_of_their_process) {
  const auto waiting = b.submit(noop());
  BOOST_TEST_REQUIRE(b.wait_for(waiting, "succeeded", 60s), a.log());
  is_drained(a, "a"); // it leads, so b is next
  BOOST_TEST_REQUIRE(until(60s, [&] { return leads(b); }), b.log());
  BOOST_TEST(b.wait_for(b.submit(noop()), "succeeded", 60s), b.log());
  BOOST_TEST(refusal(b, {"drain", "b"}).find("node b leads, and no other node may lead") !=
             std::string::npos);
  BOOST_TEST(state(b, "b") == "up");
  a.start(); // another process of that name works again, and follows
  BOOST_TEST_REQUIRE(until(60s, [&] { return state(b, "a") == "up"; }), a.log());
  is_drained(a, "a");
  BOOST_TEST(leads(b));
}

BOOST_AUTO_TEST_CASE(are_known_by_name_and_ordered_about_over_http_too) {
  BOOST_TEST(refusal(b, {"cordon", "z"}).find("no node is called z; the nodes are: a, b") !=
             std::string::npos);
  web_client at_leader{a.http()}, at_follower{b.http()};
  BOOST_TEST(at_follower.send("POST", "/api/v1/cluster/nodes/b/cordon", "{}").status == 503u);
  const auto done =
      at_leader.send("POST", "/api/v1/cluster/nodes/b/cordon", R"({"cause": "moved"})");
  BOOST_TEST(done.status == 200u);
  BOOST_TEST(done.body == R"({"name":"b"})");
  BOOST_TEST(state(a, "b") == "cordoned");
  BOOST_TEST(at_leader.send("POST", "/api/v1/cluster/nodes/z/cordon", "").status == 404u);
  const auto told = a.run_client({"cluster", "uncordon", "b", "--json"});
  BOOST_TEST(told.out == "{\"name\":\"b\"}\n");
  BOOST_TEST(state(a, "b") == "up");
}

BOOST_AUTO_TEST_CASE(show_who_supervises_whom_and_what_was_restarted) {
  BOOST_TEST_REQUIRE(b.wait_for(b.submit(noop()), "succeeded", 60s), a.log());
  const auto shown = a.run_client({"cluster", "tree"});
  for (const auto* line :
       {"node (one_for_one)\n", "|- ledger\n", "`- engine (all_for_one)\n", "|- dispatch\n",
        "|  `- host-1\n", "`- work (one_for_one)\n", "   `- leader\n",
        "`- work (one_for_one)\n            |- ledger\n", "`- membership\n"})
    BOOST_TEST(shown.out.find(line) != std::string::npos, line << "in\n" << shown.out);
  const auto before = json::parse(a.run_client({"cluster", "tree", "--json"}).out);
  BOOST_TEST(before["node"] == "a");
  const auto restarts = [&](const char* name) {
    const auto seen = a.ask("CLUSTER", {{"show", "tree"}}).value_or(json::object());
    for (const auto& one : seen.value("tree", json::array()))
      if (one["name"] == name)
        return one["restarts"].get<int>();
    return -1;
  };
  BOOST_TEST(restarts("host-1") == 0);
  ::kill(hosts_of(a.pid()).front().pid, SIGKILL);
  BOOST_TEST(until(60s, [&] { return restarts("host-1") == 1; }), a.log());
  BOOST_TEST(a.run_client({"cluster", "tree"}).out.find("host-1  ") != std::string::npos);
  // Who follows has no work.
  const auto of_b = b.run_client({"cluster", "tree"}).out;
  BOOST_TEST(of_b.find("membership") == std::string::npos, of_b);
  BOOST_TEST(of_b.find("porter") != std::string::npos, of_b);
}

BOOST_AUTO_TEST_CASE(show_the_breakers_of_sources_that_fail) {
  const auto port = 1; // nobody listens there
  const auto source = "http://127.0.0.1:" + std::to_string(port) + "/a.mp4";
  for (int i = 0; i < 3; ++i)
    a.submit({{"source", source}, {"spec", {{"attempts", 5}}}});
  json one = json::object();
  const bool is_open = until(90s, [&] {
    const auto seen = b.run_client({"cluster", "breakers", "--json"}); // which asks the leader
    for (const auto& each : json::parse(seen.succeeded() ? seen.out : "[]", nullptr, false))
      if (each.value("name", "").starts_with("source "))
        one = each;
    return one.value("state", "") == "open";
  });
  BOOST_TEST(is_open, one.dump() << a.log());
  BOOST_TEST(one["failures"] >= 3);
  BOOST_TEST(one["since"] < one["next_try"]);
  const auto shown = a.run_client({"cluster", "breakers"}).out;
  BOOST_TEST(shown.find("ledger  closed  failures 0") != std::string::npos, shown);
  const auto reset = b.run_client({"cluster", "breakers", "reset", one["name"].get<std::string>()});
  BOOST_TEST(reset.succeeded(), reset.story());
  BOOST_TEST(until(60s, [&] {
    const auto now = json::parse(a.run_client({"cluster", "breakers", "--json"}).out);
    return std::ranges::none_of(now, [&](const json& each) {
      return each["name"] == one["name"] && each.value("since", "") == one["since"];
    });
  }));
}

BOOST_AUTO_TEST_CASE(show_what_media_hosts_do_and_until_when) {
  const temp_folder media;
  const auto clip = (media / "a.mp4").string();
  run_or_throw(split_words("ffmpeg -v error -f lavfi -i testsrc2=size=1280x720:rate=25 -t 40 -c:v "
                           "libx264 -preset ultrafast -g 50 " +
                           clip));
  const auto id = a.submit({{"source", clip}, {"spec", {{"ladder", "720"}, {"document", false}}}});
  json task = json::object();
  json seen;
  const bool is_predicted = until(180s, [&] {
    const auto asked = b.run_client({"cluster", "hosts", "--json"}); // which asks the leader
    seen = json::parse(asked.succeeded() ? asked.out : "{}", nullptr, false);
    for (const auto& host : seen.value("hosts", json::array()))
      for (const auto& one : host["tasks"])
        if (one.contains("expected_end") && one["stage"] == "transcode")
          task = one;
    return !task.empty() && !seen["jobs"].empty();
  });
  BOOST_TEST_REQUIRE(is_predicted, seen.dump() << a.log());
  BOOST_TEST(task["job"] == id);
  BOOST_TEST(task["since"] < task["expected_end"]);
  BOOST_TEST(seen["node"] == "a");
  BOOST_TEST(seen["jobs"][0]["id"] == id);
  BOOST_TEST(seen["jobs"][0]["expected_end"] >= seen["at"]);
  BOOST_TEST(seen["hosts"][0]["slots"]["heavy"]["of"] == 1);
  BOOST_TEST(until(180s, [&] { return a.state_of(id) == "succeeded"; }), a.log());
  const auto shown = a.run_client({"cluster", "hosts"}).out;
  BOOST_TEST(shown.find("cost of h264 1280x720") != std::string::npos, shown);
  BOOST_TEST(shown.find("  node a  ") != std::string::npos, shown);
  BOOST_TEST(shown.find("transcode  ") == std::string::npos, shown);
}

BOOST_AUTO_TEST_SUITE_END()
