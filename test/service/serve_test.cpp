#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_running_service : a_service {
  a_running_service() { start(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_runs, a_running_service)

BOOST_AUTO_TEST_CASE(makes_a_video_and_says_where_it_is) {
  const auto file = make(source_named("mp4_faststart")).string();
  const json spec{{"document", false}, {"captions", "off"}, {"segment_ms", 2000}};
  const auto id = submit({{"source", file}, {"spec", spec}});
  BOOST_TEST(wait_for(id, "succeeded", 300s), log());
  const auto job = ask("STATUS", {{"id", id}});
  BOOST_REQUIRE(job.has_value());
  const std::filesystem::path folder{job->at("folder").get<std::string>()};
  BOOST_TEST(folder == served() / "jobs" / id);
  BOOST_TEST(std::filesystem::exists(folder / "master.m3u8"));
  BOOST_TEST(job->at("attempts") == 1);
}

BOOST_AUTO_TEST_CASE(takes_the_first_job_that_comes_whenever_it_is_started) {
  for (int i = 0; i < 8; ++i) {
    kill_node();
    start();
    const auto answer = ask("SUBMIT", {{"source", "/none"}, {"kind", "noop"}});
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->at("code") == "OK", answer->dump() << log());
  }
}

BOOST_AUTO_TEST_CASE(fails_a_bad_input_at_once) {
  const auto id = submit({{"source", "/nowhere/to/be/found.mp4"}});
  BOOST_TEST(wait_for(id, "failed", 90s), log());
  const auto job = ask("STATUS", {{"id", id}});
  BOOST_TEST(job->at("attempts") == 1);
  BOOST_TEST(job->at("cause").get<std::string>() != "");
}

BOOST_AUTO_TEST_CASE(cancels_a_running_video_within_two_seconds) {
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec", {{"preset", "slower"}, {"document", false}}}});
  BOOST_TEST_REQUIRE(wait_for(id, "running", 90s), log());
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = ask("CANCEL", {{"id", id}, {"cause", "wrong file"}});
  const auto took = std::chrono::steady_clock::now() - begun;
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->at("code") == "OK");
  BOOST_TEST((took < 2s));
  BOOST_TEST(state_of(id) == "cancelled");
}

BOOST_AUTO_TEST_CASE(serves_the_commands_of_its_own_client) {
  const auto submitted = run_client({"submit", "a", "b", "--noop", "--watch"});
  BOOST_TEST(submitted.exit_code == 0, submitted.story());
  const auto listed = run_client({"list", "--json"});
  BOOST_TEST(listed.exit_code == 0, listed.story());
  const auto first = json::parse(listed.out.substr(0, listed.out.find('\n')));
  BOOST_TEST(first["state"] == "succeeded");
  const std::string id = first["id"];
  BOOST_TEST(run_client({"status", id}).out.starts_with(id + "  succeeded  1  "));
  BOOST_TEST(run_client({"cancel", id}).exit_code == 1);
  BOOST_TEST(run_client({"retry", id}).exit_code == 0);
  BOOST_TEST(wait_for(id, "succeeded", 60s));
  BOOST_TEST(ask("STATUS", {{"id", id}})->at("attempts") == 2);
  BOOST_TEST(run_client({"status", "none"}).err.find("there is no job none") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_schedules_through_a_restart) {
  const auto put =
      run_client({"schedules", "put", "nightly", "0 3 * * *", "/films/talk.mp4", "--spec", "{}"});
  BOOST_TEST(put.exit_code == 0, put.story());
  kill_node();
  start();
  // While they are being read it is busy, and the command waits.
  const auto listed = run_client({"schedules", "--json"});
  BOOST_TEST_REQUIRE(listed.exit_code == 0, listed.story());
  const auto one = json::parse(listed.out);
  BOOST_TEST(one["name"] == "nightly");
  BOOST_TEST(one["job"]["source"] == "/films/talk.mp4");
  BOOST_TEST(one["next_at"].get<std::string>().ends_with("T03:00:00.000Z"));
  BOOST_TEST(run_client({"schedules", "put", "x", "0 3 * *", "/a"}).exit_code == 1);
  BOOST_TEST(run_client({"schedules", "remove", "nightly"}).exit_code == 0);
  BOOST_TEST(run_client({"schedules"}).out.empty());
}

BOOST_AUTO_TEST_CASE(replays_what_failed) {
  const auto id = submit({{"source", "/nowhere/to/be/found.mp4"}});
  BOOST_TEST(wait_for(id, "failed", 90s), log());
  BOOST_TEST(run_client({"deadletter"}).out.starts_with(id + "  failed  1  /nowhere"));
  const auto replayed =
      run_client({"deadletter", "replay", "--text", "nowhere", "--cause", "film is there now"});
  BOOST_TEST(replayed.exit_code == 0, replayed.story());
  BOOST_TEST(until(90s, [&] { return ask("STATUS", {{"id", id}})->at("attempts") == 2; }));
  BOOST_TEST(run_client({"queues"}).out.starts_with("default  "));
}

BOOST_AUTO_TEST_CASE(serves_a_client_that_we_did_not_write) {
  const auto result =
      run({{"/usr/bin/python3", VDOC_SOURCE_FOLDER "/test/service/foreign_client.py", endpoint()},
           {},
           {}},
          240s);
  BOOST_TEST(result.succeeded(), result.story());
  BOOST_TEST(result.out == "all as docs/protocol.md says\n");
}

BOOST_AUTO_TEST_CASE(tells_a_listener_that_we_did_not_write_every_state_of_every_job) {
  const auto result =
      run({{"/usr/bin/python3", VDOC_SOURCE_FOLDER "/test/service/foreign_listener.py", endpoint(),
            events()},
           {},
           {}},
          300s);
  BOOST_TEST(result.succeeded(), result.story());
  BOOST_TEST(result.out.ends_with(" events, none missed\n"));
}

BOOST_AUTO_TEST_CASE(shows_its_own_watcher_states_and_progress) {
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec", {{"document", false}, {"captions", "off"}}}});
  const auto watched = run_client({"watch", id, "--json", "--events", events()});
  BOOST_TEST(watched.exit_code == 0, watched.story());
  std::istringstream lines{watched.out};
  std::set<std::string> states;
  int progress = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto said = json::parse(line);
    if (said.contains("source"))
      states.insert(said["state"]);
    else
      progress += said["progress"].get<double>() > 0 ? 1 : 0;
  }
  BOOST_TEST(states.contains("running"));
  BOOST_TEST(states.contains("succeeded"));
  BOOST_TEST(progress >= 1, watched.story());
}

BOOST_AUTO_TEST_CASE(stops_in_good_order_and_goes_on_later) {
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec", {{"document", false}, {"captions", "off"}}}});
  BOOST_TEST_REQUIRE(wait_for(id, "running", 90s), log());
  BOOST_TEST(stop() == 0, log());
  start();
  BOOST_TEST(wait_for(id, "succeeded", 400s), log());
  BOOST_TEST(ask("STATUS", {{"id", id}})->at("attempts") == 2);
}

BOOST_AUTO_TEST_CASE(has_its_folder_for_itself) {
  BOOST_TEST_REQUIRE(ask("PING", json::object()).has_value());
  const auto second = run({{client({}).words.front(), "serve", "--data", served().string(), "--zmq",
                            endpoint(), "--events", "", "--http", "127.0.0.1:0"},
                           environment,
                           {}},
                          60s);
  BOOST_TEST(second.exit_code == 1);
  BOOST_TEST(second.err.find("another video-doc serve works in") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
