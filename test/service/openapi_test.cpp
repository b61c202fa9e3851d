#include "cluster/desk/poison.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/open_store.hpp"
#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

/// One of which every answer is kept, and then held against the document that it serves itself.
struct a_service_by_its_document : a_service {
  const fs::path lint = fs::path{VDOC_SOURCE_FOLDER} / "test/openapi";
  temp_folder kept;
  std::vector<json> answers;
  std::unique_ptr<web_client> client;
  web_client::headers with; ///< every request
  std::vector<std::pair<std::string, std::string>> asked;

  a_service_by_its_document() {
    BOOST_TEST_REQUIRE(fs::exists(lint / "node_modules/ajv"),
                       "run ./dev setup, or npm ci in test/openapi");
    environment["VIDEO_DOC_SOURCE_ALLOW_PRIVATE_ADDRESSES"] = "true";
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  heard say(const std::string& method, const std::string& path, const std::string& body = "",
            web_client::headers more = {}) {
    more.insert(more.end(), with.begin(), with.end());
    auto came = client->send(method, path, body, more);
    const auto type = came.header("content-type");
    const bool is_text = type.find("json") != std::string::npos;
    answers.push_back({{"method", method},
                       {"path", path},
                       {"status", came.status},
                       {"type", type},
                       {"body", is_text || came.body.empty() ? came.body : "..."}});
    asked.emplace_back(method, path);
    return came;
  }
  heard get(const std::string& path) { return say("GET", path); }
  heard post(const std::string& path, const json& body = json::object()) {
    return say("POST", path, body.dump());
  }
  heard patch(const std::string& path, const json& body) { return say("PATCH", path, body.dump()); }
  std::string id_of(const heard& made) {
    BOOST_TEST(made.status / 100 == 2U, made.body);
    return json::parse(made.body)["id"];
  }
  std::string state(const std::string& id) {
    return json::parse(client->get("/api/v1/jobs/" + id).body)["state"];
  }
  outcome check(const std::vector<json>& all) {
    std::ofstream lines{kept / "answers.jsonl"};
    for (const auto& one : all)
      lines << one.dump() << "\n";
    lines.close();
    return run({{"node", (lint / "check_answers.mjs").string(), (kept / "openapi.yaml").string(),
                 (kept / "answers.jsonl").string()},
                {},
                {}},
               60s);
  }
  /// What is said of the answers, had the first one that shows a job been another.
  std::string said_if(const std::function<void(json& answer, json& job)>& change) {
    auto all = answers;
    auto& one = *std::ranges::find_if(all, [](const json& it) {
      return it["status"] == 200 && it["method"] == "GET" &&
             it["path"].get<std::string>().starts_with("/api/v1/jobs/0");
    });
    auto job = json::parse(one["body"].get<std::string>());
    change(one, job);
    one["body"] = job.dump();
    const auto checked = check(all);
    BOOST_TEST(checked.exit_code == 1, checked.err);
    return checked.out;
  }

  void try_jobs();
  void try_results();
  void try_queues();
  void try_schedules();
  void try_uploads();
  void try_events();
  void try_administration();
  void try_without_a_token();
};

const std::string jobs = "/api/v1/jobs";
const std::string nobody = jobs + "/019a0000-0000-7000-8000-000000000000";

void a_service_by_its_document::try_jobs() {
  const json full{{"source", "/none"},
                  {"kind", "noop"},
                  {"queue", "night"},
                  {"priority", "high"},
                  {"idempotency_key", "k"},
                  {"tenant", "acme"},
                  {"labels", {{"show", "news"}}},
                  {"not_before", "2999-01-01T00:00:00Z"},
                  {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                  {"callback", {{"url", "https://hooks.example.com/"}, {"events", {"failed"}}}},
                  {"spec", {{"crf", 21}, {"needs", {"zone:eu-1"}}}}};
  const auto waiting = id_of(post(jobs, full));
  BOOST_TEST(post(jobs, full).status == 200U);
  const auto done = id_of(post(
      jobs, {{"source", "/none"}, {"kind", "noop"}, {"callback", "https://hooks.example.com/"}}));
  const auto failed = id_of(post(jobs, {{"source", "/nowhere/to/be/found.mp4"}}));
  post(jobs, {{"jobs", {{{"source", "/none"}, {"kind", "noop"}}}}});
  BOOST_TEST(
      post(jobs, {{"jobs", {json::object(), {{"source", "/none"}, {"kind", "noop"}}}}}).status ==
      207U);
  post(jobs);
  say("POST", jobs, "{}", {{"Content-Type", "text/plain"}});
  BOOST_TEST(until(90s, [&] { return state(done) == "succeeded" && state(failed) == "failed"; }),
             log());
  for (const auto& id : {waiting, done, failed}) {
    const auto job = std::string{jobs}.append("/").append(id);
    get(job);
    get(job + "/history");
  }
  get(jobs + "?most=2");
  get(jobs + "?state=failed,succeeded&label=show:news");
  get(jobs + "?nonsense=1");
  patch(jobs + "/" + waiting, {{"priority", -7}});
  patch(jobs + "/" + done, {{"priority", -7}});
  patch(jobs + "/" + waiting, {{"priority", "highest"}});
  post(jobs + "/" + failed + "/retry", {{"cause", "again"}});
  post(jobs + "/" + waiting + "/cancel", {{"cause", "wrong"}});
  post(jobs + "/" + waiting + "/cancel");
  for (const auto* order : {"/cancel", "/retry"})
    post(nobody + order);
  get(nobody);
  get(nobody + "/history");
  post(jobs + "/bulk", {{"action", "cancel"}, {"filter", {{"tenant", "*"}}}, {"most", 2}});
  post(jobs + "/bulk", {{"action", "cancel"}});
}

void a_service_by_its_document::try_results() {
  const auto id = id_of(post(jobs, {{"source", make(source_named("mp4_faststart")).string()},
                                    {"spec", {{"captions", "off"}}}}));
  BOOST_TEST(until(90s, [&] { return state(id) != "queued"; }));
  get(jobs + "/" + id); // while it runs
  get("/api/v1/cluster/hosts");
  BOOST_TEST(until(300s, [&] { return state(id) == "succeeded"; }), log());
  get(jobs + "/" + id);
  get(jobs + "/" + id + "/history");
  const auto file = jobs + "/" + id + "/files/master.m3u8";
  const auto etag = get(file).header("etag");
  say("GET", file, "", {{"Range", "bytes=0-3"}});
  say("GET", file, "", {{"If-None-Match", etag}});
  say("GET", file, "", {{"Range", "bytes=99999999-"}});
  get(jobs + "/" + id + "/files/none.m3u8");
  const auto link = post(jobs + "/" + id + "/links", {{"expires_in_s", 60}});
  post(jobs + "/" + id + "/links", {{"expires_in_s", 0}});
  const auto url = json::parse(link.body)["url"].get<std::string>();
  get(url + "master.m3u8");
  get("/api/v1/shared/" + id + "/nonsense/master.m3u8");
}

void a_service_by_its_document::try_queues() {
  get("/api/v1/queues");
  patch("/api/v1/queues/night", {{"paused", true}, {"concurrency", 2}});
  patch("/api/v1/queues/night", {{"paused", "yes"}});
  patch("/api/v1/queues/stage.none", {{"paused", true}});
  patch("/api/v1/tenants/acme", {{"queued", 9}, {"share", 2}});
  patch("/api/v1/tenants/acme", {{"share", 0}});
  get("/api/v1/tenants");
  get("/api/v1/tenants/acme");
  get("/api/v1/tenants/nobody");
}

void a_service_by_its_document::try_schedules() {
  const std::string all = "/api/v1/schedules";
  const json nightly{{"name", "nightly"}, {"cron", "0 3 * * *"}, {"job", {{"source", "/a"}}}};
  post(all, nightly);
  post(all, nightly);
  post(all, {{"name", "nightly"}});
  get(all);
  get(all + "/nightly");
  get(all + "/none");
  say("PUT", all + "/weekly", json{{"cron", "@weekly"}, {"job", {{"source", "/a"}}}}.dump());
  say("PUT", all + "/weekly", json{{"cron", "never"}, {"job", {{"source", "/a"}}}}.dump());
  patch(all + "/weekly", {{"paused", true}});
  patch(all + "/none", {{"paused", true}});
  get(all + "/weekly");
  say("DELETE", all + "/weekly");
  say("DELETE", all + "/weekly");
}

void a_service_by_its_document::try_uploads() {
  const std::string all = "/api/v1/uploads";
  const web_client::headers tus{{"Tus-Resumable", "1.0.0"}};
  const auto and_also = [&](web_client::headers more) {
    more.insert(more.end(), tus.begin(), tus.end());
    return more;
  };
  say("OPTIONS", all);
  // {"kind": "noop"}
  const auto made =
      say("POST", all, "",
          and_also({{"Upload-Length", "5"}, {"Upload-Metadata", "job eyJraW5kIjogIm5vb3AifQ=="}}));
  const auto place = made.header("location");
  get(jobs + "/" + json::parse(made.body)["job"].get<std::string>());
  say("POST", all, "", and_also({{"Upload-Length", "5"}}));
  say("POST", all, "", tus);
  say("POST", all, "", {{"Upload-Length", "5"}});
  say("HEAD", place, "", tus);
  const auto append = [&](const char* offset, const std::string& bytes) {
    say("PATCH", place, bytes,
        and_also({{"Upload-Offset", offset}, {"Content-Type", "application/offset+octet-stream"}}));
  };
  append("0", "abc");
  append("0", "abc");
  append("3", "abc");
  append("3", "de");
  say("DELETE", place, "", tus);
  say("DELETE", place, "", tus);
  append("0", "abc");
  say("HEAD", place, "", tus);
}

/// It does not end: what it begins with is enough.
void a_service_by_its_document::try_events() {
  raw_client listener{http()};
  listener.say("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = listener.hear_until("\r\n\r\n");
  BOOST_TEST(head.starts_with("HTTP/1.1 200 "), head);
  BOOST_TEST(head.find("Content-Type: text/event-stream") != std::string::npos, head);
  answers.push_back({{"method", "GET"},
                     {"path", "/api/v1/events"},
                     {"status", 200},
                     {"type", "text/event-stream"},
                     {"body", "..."}});
  get("/api/v1/events?nonsense=1");
}

void a_service_by_its_document::try_administration() {
  const std::string cluster = "/api/v1/cluster";
  get(cluster);
  for (const auto* part : {"/tree", "/hosts"})
    get(cluster + part);
  const auto node = json::parse(get(cluster).body)["leader"].get<std::string>();
  const auto at = cluster + "/nodes/" + node;
  for (const auto* order : {"/cordon", "/uncordon", "/drain"}) {
    post(std::string{at}.append(order), {{"cause", "to try it"}});
    post(cluster + "/nodes/nobody" + order, {{"cause", "to try it"}});
  }
  post(cluster + "/nodes/" + node + "/uncordon");
  post(jobs, {{"source", "http://127.0.0.1:9/a.mp4"}});
  BOOST_TEST(until(90s,
                   [&] {
                     return client->get(cluster + "/breakers").body.find("source 127.0.0.1") !=
                            std::string::npos;
                   }),
             log());
  const auto breakers = json::parse(get(cluster + "/breakers").body)["breakers"];
  for (const auto& one : breakers)
    post(cluster + "/breakers/reset", {{"breaker", one["name"]}, {"cause", "to try it"}});
  post(cluster + "/breakers/reset", {{"breaker", "none"}});
  const auto now = ledger::unix_ms_now();
  ledger::open_store(database().string())
      ->write(
          {desk::to_document(desk::poison{"c0ffee", "a fragment of /a.mp4", "01", "x264", now})},
          now);
  get(cluster + "/quarantine");
  for (int i = 0; i < 2; ++i) // it is gone the second time
    post(cluster + "/quarantine/c0ffee/lift", {{"cause", "to try it"}});
  get("/healthz");
  get("/readyz");
  get("/metrics");
  get("/api/v1/openapi.yaml");
  get("/api/v1/audit?most=3");
  get("/api/v1/audit?nonsense=1");
}

/// From the first token on whoever has none is refused, whatever is asked.
void a_service_by_its_document::try_without_a_token() {
  const auto tokens = std::string{"/api/v1/tokens"};
  post(tokens, {{"role", "king"}});
  const auto made =
      json::parse(post(tokens, {{"name", "ann"}, {"tenant", "*"}, {"role", "admin"}}).body);
  with = {{"Authorization", "Bearer " + made["token"].get<std::string>()}};
  BOOST_TEST(until(60s, [&] { return client->get(tokens).status == 401; }));
  const auto reader = json::parse(post(tokens, {{"name", "bob"}, {"role", "viewer"}}).body);
  get(tokens);
  for (const auto& headers :
       {web_client::headers{},
        {{"Authorization", "Bearer " + reader["token"].get<std::string>()}}}) {
    const auto calls = asked;
    const auto mine = std::exchange(with, headers);
    for (const auto& [method, path] : calls)
      say(method, path, method == "GET" || method == "HEAD" ? "" : "{}");
    with = mine;
  }
  say("DELETE", tokens + "/" + reader["id"].get<std::string>());
  say("DELETE", tokens + "/" + reader["id"].get<std::string>());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_over_http, a_service_by_its_document)

BOOST_AUTO_TEST_CASE(answers_as_its_openapi_document_says) {
  try_jobs();
  try_results();
  try_queues();
  try_schedules();
  try_uploads();
  try_events();
  try_administration();
  try_without_a_token();
  std::ofstream{kept / "openapi.yaml"} << client->get("/api/v1/openapi.yaml", with).body;
  const auto checked = check(answers);
  BOOST_TEST_MESSAGE(checked.out);
  BOOST_TEST(checked.exit_code == 0, checked.out << checked.err);

  // And it would be seen if they did not.
  const auto sees = [&](const std::string& words, const auto& change) {
    const auto said = said_if(change);
    BOOST_TEST(said.find(words) != std::string::npos, words << " is not in " << said);
  };
  sees("must have required property 'state'", [](json&, json& job) { job.erase("state"); });
  sees("/priority must be integer", [](json&, json& job) { job["priority"] = "high"; });
  sees("/submitted_at must match format", [](json&, json& job) { job["submitted_at"] = "now"; });
  sees(R"("unevaluatedProperty":"secret")", [](json&, json& job) { job["secret"] = 1; });
  sees("status 299 is not in", [](json& answer, json&) { answer["status"] = 299; });
  sees("type \"text/html\" of", [](json& answer, json&) { answer["type"] = "text/html"; });
  std::erase_if(answers, [](const json& it) { return it["path"] == "/healthz"; });
  BOOST_TEST(check(answers).out.find("isAlive: no success was tried") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
