#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_service_over_http : a_service {
  a_service_over_http() { begin(); }

  void begin() {
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  json look(const std::string& path) const { return json::parse(client->get(path).body); }
  std::string submit_over_http(const json& job) const {
    const auto taken = client->send("POST", "/api/v1/jobs", job.dump());
    BOOST_TEST_REQUIRE(taken.status == 201u, taken.body);
    return json::parse(taken.body)["id"];
  }
  bool reaches(const std::string& id, const std::string& state) const {
    return until(300s, [&] { return look("/api/v1/jobs/" + id)["state"] == state; });
  }

  std::unique_ptr<web_client> client;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_asked_over_http, a_service_over_http)

BOOST_AUTO_TEST_CASE(makes_a_video_that_can_be_played_from_it) {
  const auto file = make(source_named("mp4_faststart")).string();
  const json spec{{"document", false}, {"captions", "off"}, {"segment_ms", 2000}};
  const auto id = submit_over_http({{"source", file}, {"spec", spec}});
  BOOST_TEST(reaches(id, "succeeded"), log());
  const auto files = "/api/v1/jobs/" + id + "/files/";
  const auto master = client->get(files + "master.m3u8");
  BOOST_TEST(master.status == 200u);
  BOOST_TEST(master.body.starts_with("#EXTM3U"));
  BOOST_TEST(master.header("content-type") == "application/vnd.apple.mpegurl");
  BOOST_TEST(client->get(files + "../../../folder.id").status == 404u);
  const auto link = client->send("POST", "/api/v1/jobs/" + id + "/links", "{}");
  const std::string url = json::parse(link.body)["url"];
  BOOST_TEST(client->get(url + "master.m3u8").body == master.body);
  std::string kinds;
  const auto history = look("/api/v1/jobs/" + id + "/history");
  for (const auto& event : history["events"])
    kinds += event["kind"].get<std::string>() + " ";
  BOOST_TEST(kinds == "submitted started succeeded ");
}

BOOST_AUTO_TEST_CASE(keeps_a_paused_queue_over_a_restart) {
  BOOST_TEST(client->send("PATCH", "/api/v1/queues/slow", R"({"paused": true})").status == 200u);
  const auto id = submit_over_http({{"source", "/a"}, {"kind", "noop"}, {"queue", "slow"}});
  BOOST_TEST(stop() == 0, log());
  begin();
  BOOST_TEST(look("/api/v1/jobs/" + id)["state"] == "queued");
  BOOST_TEST(look("/api/v1/queues")["queues"][0]["paused"] == true);
  BOOST_TEST(client->send("PATCH", "/api/v1/queues/slow", R"({"paused": false})").status == 200u);
  BOOST_TEST(reaches(id, "succeeded"), log());
}

BOOST_AUTO_TEST_CASE(keeps_a_paused_stage_over_a_restart_until_an_operator_lets_it_go_on) {
  const auto path = std::string{"/api/v1/queues/stage.transcode"};
  BOOST_TEST(client->send("PATCH", path, R"({"paused": true})").status == 200u);
  BOOST_TEST(client->send("PATCH", "/api/v1/queues/stage.x", R"({"paused": true})").status == 400u);
  const auto file = make(source_named("mp4_faststart")).string();
  const json spec{{"document", false}, {"captions", "off"}, {"hard_limit_s", 20}};
  const auto id = submit_over_http({{"source", file}, {"spec", spec}});
  const auto stage = [&] {
    const auto seen = look("/api/v1/queues");
    for (const auto& one : seen.at("queues"))
      if (one["name"] == "stage.transcode")
        return one;
    return json{};
  };
  const auto waits = [&] {
    return until(180s, [&] { return stage()["waiting"].get<int>() > 0; }) &&
           stage()["running"] == 0;
  };
  BOOST_TEST(waits(), log());
  const auto told = run_client({"queues"}).out;
  const auto line = told.substr(std::min(told.size(), told.find("\nstage.transcode  ") + 1));
  BOOST_TEST(line.starts_with("stage.transcode  "), told);
  BOOST_TEST(line.substr(0, line.find('\n')).find(" wait  0 run  0 scheduled  oldest ") !=
                 std::string::npos,
             told);
  BOOST_TEST(line.substr(0, line.find('\n')).ends_with("  paused"), told);
  BOOST_TEST(stop() == 0, log());
  begin();
  BOOST_TEST(stage()["paused"] == true);
  BOOST_TEST(waits(), log());
  BOOST_TEST(look("/api/v1/jobs/" + id)["state"] == "running");
  BOOST_TEST(run_client({"queues", "set", "stage.transcode", "--resume"}).exit_code == 0);
  BOOST_TEST(reaches(id, "succeeded"), log());
  BOOST_TEST(until(60s, [&] {
    return run_client({"queues"}).out.find("\nstage.transcode  0 wait  0 run  0 scheduled\n") !=
           std::string::npos;
  }));
}

BOOST_AUTO_TEST_CASE(takes_the_same_work_once_in_a_window) {
  const json dedupe{{"window_s", 10}};
  const json job{{"source", "/a"}, {"kind", "noop"}, {"dedupe", dedupe}};
  const auto id = submit_over_http(job);
  BOOST_TEST(reaches(id, "succeeded"), log());
  const auto again = client->send("POST", "/api/v1/jobs", job.dump());
  BOOST_TEST(again.status == 200u);
  BOOST_TEST(json::parse(again.body) == (json{{"id", id}, {"known", true}}));
  BOOST_TEST(run_client({"submit", "/a", "--noop", "--dedupe", "10"}).out == id + "\n");
  std::string next = id;
  BOOST_TEST(until(60s, [&] {
    next = json::parse(client->send("POST", "/api/v1/jobs", job.dump()).body)["id"];
    return next != id;
  }));
  BOOST_TEST(reaches(next, "succeeded"), log());
}

BOOST_AUTO_TEST_CASE(keeps_a_paused_schedule_over_a_restart_and_logs_who_changed_it) {
  const json wish{{"name", "nightly"}, {"cron", "0 3 * * *"}, {"job", {{"source", "/a"}}}};
  const auto path = std::string{"/api/v1/schedules/nightly"};
  const auto send = [&](const char* method, const std::string& where, const json& body) {
    return client->send(method, where, body.dump()).status;
  };
  // While they are being read it says so, and that one should try again.
  BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/api/v1/schedules").status == 200; }));
  BOOST_TEST(send("POST", "/api/v1/schedules", wish) == 201u);
  BOOST_TEST(send("POST", "/api/v1/schedules", wish) == 409u);
  BOOST_TEST(send("PATCH", path, {{"paused", true}}) == 200u);
  BOOST_TEST(until(60s, [&] { return look("/api/v1/audit")["lines"].size() == 2; }));
  kill_node();
  begin();
  BOOST_TEST_REQUIRE(until(60s, [&] { return client->get(path).status == 200; }), log());
  BOOST_TEST(look(path)["paused"] == true);
  BOOST_TEST(look(path)["job"]["source"] == "/a");
  BOOST_TEST(client->send("DELETE", path, "").status == 200u);
  BOOST_TEST(client->get(path).status == 404u);
  BOOST_TEST(until(60s, [&] { return look("/api/v1/audit")["lines"].size() == 3; }));
  const auto last = look("/api/v1/audit")["lines"][0];
  BOOST_TEST(last["what"] == "remove schedule");
  BOOST_TEST(last["subject"] == "default/nightly");
}

BOOST_AUTO_TEST_CASE(cancels_what_a_filter_matches_and_takes_it_up_again) {
  client->send("PATCH", "/api/v1/queues/slow", R"({"paused": true})");
  json jobs = json::array();
  for (int i = 0; i < 20; ++i)
    jobs.push_back({{"source", "/a"}, {"kind", "noop"}, {"queue", "slow"}});
  BOOST_TEST(client->send("POST", "/api/v1/jobs", json{{"jobs", jobs}}.dump()).status == 201u);
  const auto order = [&](const char* action, const char* state) {
    const json body{{"action", action}, {"filter", {{"queue", "slow"}, {"states", {state}}}}};
    return json::parse(client->send("POST", "/api/v1/jobs/bulk", body.dump()).body);
  };
  BOOST_TEST(order("cancel", "queued")["done"] == 20);
  BOOST_TEST(look("/api/v1/jobs?state=cancelled&queue=slow")["jobs"].size() == 20u);
  BOOST_TEST(order("retry", "cancelled")["done"] == 20);
  BOOST_TEST(until(60s, [&] { return look("/api/v1/audit")["lines"].size() == 41; }));
}

BOOST_AUTO_TEST_CASE(asks_for_the_tokens_that_its_command_makes) {
  const auto folder = served().string();
  const auto made =
      run(program({"token", "create", "ann", "--role", "admin", "--tenant", "*", "--data", folder}),
          60s);
  BOOST_TEST_REQUIRE(made.exit_code == 0, made.story());
  const auto token = made.out.substr(0, made.out.find('\n'));
  BOOST_TEST(until(60s, [&] { return client->get("/api/v1/jobs").status == 401; }));
  const web_client::headers bearer{{"Authorization", "Bearer " + token}};
  BOOST_TEST(client->get("/api/v1/jobs", bearer).status == 200u);
  const auto listed = run(program({"token", "list", "--data", folder}), 60s);
  const auto shown = json::parse(listed.out);
  BOOST_TEST(shown["name"] == "ann");
  const auto revoked =
      run(program({"token", "revoke", shown["id"].get<std::string>(), "--data", folder}), 60s);
  BOOST_TEST(revoked.exit_code == 0, revoked.story());
  BOOST_TEST(until(60s, [&] { return client->get("/api/v1/jobs").status == 200; }));
  BOOST_TEST(run(program({"token", "revoke", "none", "--data", folder}), 60s).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(answers_promptly_beside_hundreds_of_slow_clients) {
  BOOST_TEST(stop() == 0, log());
  environment["VIDEO_DOC_SERVICE_HTTP_CONNECTIONS"] = "100";
  begin();
  std::vector<raw_client> slow;
  for (int i = 0; i < 300; ++i)
    slow.emplace_back(http()).say("POST /api/v1/jobs HTTP/1.1\r\nHost: local");
  const auto asks = [&] { return web_client{http()}.get("/api/v1/jobs").status == 200; };
  BOOST_TEST(until(60s, asks)); // each of them may take a second
  for (int i = 0; i < 20; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(asks());
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
  }
}

BOOST_AUTO_TEST_SUITE_END()
