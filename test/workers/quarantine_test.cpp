#include "test/engine/engine_run.hpp"
#include "test/http/web_client.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_cluster_with_faults : a_cluster {
  json node(const std::string& name) {
    const auto seen = leader.ask("CLUSTER", json::object()).value_or(json::object());
    for (const auto& one : seen.value("nodes", json::array()))
      if (one["name"] == name)
        return one;
    return json::object();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cluster_with_a_bad_node, a_cluster_with_faults)

BOOST_AUTO_TEST_CASE(quarantines_it_and_ends_its_jobs_well) {
  undisturbed();
  start_leader();
  start_worker("bad", {{"VIDEO_DOC_FAULTS_FAIL_TRANSCODES", "true"}});
  start_worker("good");
  for (const auto* host : {"host=bad/host-1", "host=good/host-1"})
    BOOST_REQUIRE_MESSAGE(hears(std::string{"media host takes work  "} + host), story());
  const auto id = submit_a_minute();
  BOOST_TEST(hears("node is quarantined: its work fails where others succeed  member=bad", 1, 180s),
             story());
  BOOST_TEST(node("bad")["state"] == "quarantined");
  const auto evidence = node("bad")["quarantine"].get<std::string>();
  BOOST_TEST_MESSAGE(evidence);
  BOOST_TEST(evidence.starts_with("3 of "), evidence); // it packs as well as others
  BOOST_TEST(evidence.ends_with("has done: it was to fail"), evidence);
  BOOST_TEST(node("good")["state"] == "up");
  const auto listed = leader.run_client({"cluster", "quarantine"});
  BOOST_TEST(listed.out.starts_with("bad  since "), listed.out);
  BOOST_REQUIRE_MESSAGE(leader.wait_for(id, "succeeded", 900s), story());
  const auto other = submit_a_minute("ultrafast");
  BOOST_REQUIRE_MESSAGE(leader.wait_for(other, "succeeded", 900s), story());
  BOOST_TEST(tasks_of(other, "bad") == 0u);
  BOOST_TEST(tasks_of(other, "good") > 0u);
  const auto told = report(id);
  for (const auto& one : told.at("mishaps"))
    BOOST_TEST(one.at("host") == "bad/host-1", one.dump());
  BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
  BOOST_TEST(leader.run_client({"cluster", "uncordon", "bad"}).succeeded());
  BOOST_TEST(node("bad")["state"] == "up");
  BOOST_TEST(leader.run_client({"cluster", "quarantine"}).out == "");
}

BOOST_AUTO_TEST_CASE(tries_no_fragment_again_that_has_killed_hosts_on_two_nodes) {
  const std::map<std::string, std::string> faults{{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"},
                                                  {"VIDEO_DOC_FAULTS_TIMES", "99"}};
  for (const auto& [key, value] : faults)
    leader.environment[key] = value;
  start_leader();
  start_worker("a", faults);
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  const auto submit = [&](bool fresh) {
    return leader.submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec",
                           {{"captions", "off"},
                            {"document", false},
                            {"segment_ms", 2000},
                            {"fresh", fresh},
                            {"attempts", 1}}}});
  };
  const auto cause_of = [&](const std::string& id) {
    BOOST_REQUIRE_MESSAGE(leader.wait_for(id, "failed", 400s), story());
    return leader.ask("STATUS", {{"id", id}})->value("cause", "");
  };
  const auto first = submit(false);
  const auto cause = cause_of(first);
  BOOST_TEST(cause.find("it brought down 2 media hosts on 2 nodes") != std::string::npos, cause);
  BOOST_TEST(report(first).at("restarts") == 2);
  const auto second = submit(false);
  const auto known = cause_of(second);
  BOOST_TEST(known.find("it is known to bring down media hosts: ") != std::string::npos, known);
  BOOST_TEST(known.find("(job " + first + ")") != std::string::npos, known);
  BOOST_TEST(report(second).at("restarts") == 0); // nobody had to die for it
  const auto listed = leader.run_client({"cluster", "quarantine"});
  BOOST_TEST(listed.out.starts_with("content "), listed.story());
  BOOST_TEST(listed.out.find("(job " + first + ")") != std::string::npos, listed.story());
  const auto contents =
      json::parse(web_client{leader.http()}.get("/api/v1/cluster/quarantine").body);
  BOOST_REQUIRE(contents["contents"].size() == 1u);
  const std::string content = contents["contents"][0]["content"];
  BOOST_TEST(contents["contents"][0]["since"] < contents["contents"][0]["until"]);
  const auto lifted =
      leader.run_client({"cluster", "quarantine", "lift", content, "--cause", "mended"});
  BOOST_TEST(lifted.succeeded(), lifted.story());
  BOOST_TEST(leader.run_client({"cluster", "quarantine", "contents", "--json"}).out == "[]\n");
  const auto again = leader.run_client({"cluster", "quarantine", "lift", content});
  BOOST_TEST(again.err.find("is in quarantine") != std::string::npos, again.story());
  const auto audit = web_client{leader.http()}.get("/api/v1/audit").body;
  BOOST_TEST(audit.find("\"what\":\"lift quarantine\",\"subject\":\"" + content + "\"") !=
                 std::string::npos,
             audit);
  const auto anew = submit(false); // it is tried as if nobody had known
  BOOST_TEST(cause_of(anew).find("it is known") == std::string::npos);
  BOOST_TEST(report(anew).at("restarts") == 2);
  const auto third = submit(true); // who wants it anew has it tried again
  BOOST_TEST(cause_of(third).find("it is known") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
