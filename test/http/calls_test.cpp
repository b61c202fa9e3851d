#include "test/http/a_caller.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace vdoc;
using nlohmann::json;
using test::a_caller;
using test::header_of;

BOOST_FIXTURE_TEST_SUITE(over_http, a_caller)

BOOST_AUTO_TEST_CASE(a_job_is_created_and_says_where_it_is) {
  const auto taken = post("/api/v1/jobs", R"({"source": "/films/talk.mp4"})");
  BOOST_TEST(taken.status == 201u);
  BOOST_TEST(taken.body == R"({"id":"id-0","known":false})");
  BOOST_TEST(header_of(taken, "Location") == "/api/v1/jobs/id-0");
  const auto shown = get("/api/v1/jobs/id-0");
  BOOST_TEST(shown.status == 200u);
  BOOST_TEST(json::parse(shown.body)["source"] == "/films/talk.mp4");
}

BOOST_AUTO_TEST_CASE(a_job_is_known_by_the_key_in_its_header) {
  net::web_request what{"POST", "/api/v1/jobs", "", R"({"source": "/a"})", "application/json"};
  what.idempotency_key = "\"7f3\"";
  BOOST_TEST(ask(what)->status == 201u);
  BOOST_TEST(desk.jobs.at("id-0").idempotency_key == "7f3");
  what.idempotency_key = "7f3";
  const auto again = ask(what);
  BOOST_TEST(again->status == 200u);
  BOOST_TEST(again->body == R"({"id":"id-0","known":true})");
  what.body = R"({"source": "/a", "idempotency_key": "other"})";
  BOOST_TEST(ask(what)->status == 400u);
  what.idempotency_key = "other";
  BOOST_TEST(ask(what)->status == 201u);
}

BOOST_AUTO_TEST_CASE(a_trace_goes_on_from_the_header_unless_it_is_none) {
  constexpr auto trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  net::web_request what{"POST", "/api/v1/jobs", "", R"({"source": "/a"})", "application/json"};
  what.traceparent = trace;
  ask(what);
  BOOST_TEST(desk.jobs.at("id-0").traceparent == trace);
  what.traceparent = "00-nonsense";
  BOOST_TEST(ask(what)->status == 201u);
  BOOST_TEST(desk.jobs.at("id-1").traceparent == "");
}

BOOST_AUTO_TEST_CASE(a_batch_says_of_each_what_became_of_it) {
  const auto all = post("/api/v1/jobs", R"( { "jobs": [{"source": "/a"}, {"source": "/b"}]})");
  BOOST_TEST(all.status == 201u);
  BOOST_TEST(all.body == R"({"jobs":[{"id":"id-0","known":false},{"id":"id-1","known":false}]})");
  const auto some =
      post("/api/v1/jobs", R"({"jobs": [{}, {"source": "/busy"}, {"source": "/c"}]})");
  BOOST_TEST(some.status == 207u);
  const auto jobs = json::parse(some.body)["jobs"];
  BOOST_TEST(jobs[0]["error"]["message"] == "source is missing");
  BOOST_TEST(jobs[1]["error"]["code"] == "busy");
  BOOST_TEST(jobs[2]["id"] == "id-2");
  BOOST_TEST(post("/api/v1/jobs", R"({"jobs": []})").status == 400u);
}

BOOST_AUTO_TEST_CASE(a_job_with_a_label_called_jobs_is_no_batch) {
  const auto taken = post("/api/v1/jobs", R"({"source": "/a", "labels": {"jobs": "x"}})");
  BOOST_TEST(taken.body == R"({"id":"id-0","known":false})");
}

BOOST_AUTO_TEST_CASE(refusals_are_problems_that_say_when_to_come_back) {
  const auto busy = post("/api/v1/jobs", R"({"source": "/busy"})");
  BOOST_TEST(busy.status == 503u);
  BOOST_TEST(busy.type == "application/problem+json");
  BOOST_TEST(header_of(busy, "Retry-After") == "2");
  BOOST_TEST(busy.body ==
             R"({"type":"about:blank","title":"Service Unavailable","status":503,)"
             R"("detail":"overloaded","code":"busy","message":"overloaded","advice":"try again",)"
             R"("retry_after_ms":1200})");
  BOOST_TEST(get("/api/v1/jobs/none").status == 404u);
  BOOST_TEST(post("/api/v1/jobs", "{").status == 400u);
  BOOST_TEST(post("/api/v1/jobs", "").status == 400u);
}

BOOST_AUTO_TEST_CASE(forms_of_foreign_pages_are_not_taken_for_json) {
  for (const auto* type :
       {"text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"})
    BOOST_TEST(ask({"POST", "/api/v1/jobs", "", R"({"source": "/a"})", type})->status == 415u,
               type);
  for (const auto* type :
       {"application/json; charset=utf-8", "Application/JSON", "application/json ;"})
    BOOST_TEST(ask({"POST", "/api/v1/jobs", "", R"({"source": "/a"})", type})->status == 201u,
               type);
}

BOOST_AUTO_TEST_CASE(lists_go_on_where_they_stopped) {
  for (int i = 0; i < 3; ++i)
    post("/api/v1/jobs", R"({"source": "/a"})");
  const auto page = json::parse(get("/api/v1/jobs", "most=2&state=queued&label=a:b").body);
  BOOST_TEST(page["jobs"].size() == 2u);
  BOOST_TEST(page["next"] == "id-1");
  BOOST_TEST(desk.listed.label_value == "b");
  get("/api/v1/jobs", "cursor=id-1");
  BOOST_TEST(desk.cursor == "id-1");
  BOOST_TEST(get("/api/v1/jobs", "nonsense=1").status == 400u);
}

BOOST_AUTO_TEST_CASE(a_history_is_told_in_order) {
  BOOST_TEST(get("/api/v1/jobs/id-0/history").body ==
             R"({"events":[{"sequence":7,"at":"2025-12-01T08:00:00.000Z","kind":"submitted",)"
             R"("attempt":0}]})");
}

BOOST_AUTO_TEST_CASE(orders_reach_the_desk_with_what_they_say) {
  BOOST_TEST(post("/api/v1/jobs/id-0/cancel", "").body == R"({"id":"id-0"})");
  post("/api/v1/jobs/id-0/cancel", R"({"cause": "wrong file"})");
  post("/api/v1/jobs/id-0/retry", R"({"spec": {"crf": 21}})");
  send("PATCH", "/api/v1/jobs/id-0", R"({"priority": "high"})");
  BOOST_TEST(desk.orders ==
                 (std::vector<std::string>{"cancel id-0", "cancel id-0 wrong file",
                                           R"(retry id-0 {"crf":21})", "reprioritise id-0 10"}),
             boost::test_tools::per_element());
  BOOST_TEST(post("/api/v1/jobs/id-1/cancel", "").status == 409u);
  BOOST_TEST(send("PATCH", "/api/v1/jobs/id-0", "{}").status == 400u);
  BOOST_TEST(post("/api/v1/jobs/id-0/cancel", R"({"priority": 1})").status == 400u);
}

BOOST_AUTO_TEST_CASE(an_order_to_many_says_how_many_were_done_and_why_others_not) {
  for (int i = 0; i < 3; ++i)
    post("/api/v1/jobs", R"({"source": "/a"})");
  const auto all = json::parse(
      post("/api/v1/jobs/bulk", R"({"action": "cancel", "filter": {"queue": "default"}})").body);
  BOOST_TEST(all["done"] == 2);
  BOOST_TEST(all["not_done"] == 1);
  BOOST_TEST(all["more"] == false);
  BOOST_TEST(all["refused"][0]["id"] == "id-1");
  BOOST_TEST(all["refused"][0]["error"]["code"] == "conflict");
  const auto one = json::parse(
      post("/api/v1/jobs/bulk",
           R"({"action": "reprioritise", "priority": 5, "filter": {"tenant": "*"}, "most": 1})")
          .body);
  BOOST_TEST(one["done"] == 1);
  BOOST_TEST(one["more"] == true);
  BOOST_TEST(desk.orders.back() == "reprioritise id-0 5");
  BOOST_TEST(desk.listed.tenant == "");
}

BOOST_AUTO_TEST_CASE(an_order_to_all_has_to_be_meant) {
  for (const auto* wrong :
       {R"({"action": "cancel"})", R"({"action": "cancel", "filter": {}})",
        R"({"action": "delete", "filter": {"tenant": "*"}})", R"({"filter": {"tenant": "*"}})",
        R"({"action": "cancel", "filter": {"tenant": "*", "most": 1}})"})
    BOOST_TEST(post("/api/v1/jobs/bulk", wrong).status == 400u, wrong);
  BOOST_TEST(desk.orders.empty());
}

BOOST_AUTO_TEST_CASE(queues_are_shown_and_changed) {
  desk.now.queues.push_back({"default", true, 2, 30, 5, 1, 0, 1'000, 0});
  desk.now.tenants.push_back({"default", 1'000, 20});
  const auto shown = json::parse(get("/api/v1/queues").body);
  BOOST_TEST(shown["queues"][0]["waiting"] == 5);
  BOOST_TEST(shown["tenants"][0]["results_bytes"] == 1'000);
  BOOST_TEST(
      send("PATCH", "/api/v1/queues/default", R"({"paused": false, "concurrency": 3})").status ==
      200u);
  BOOST_TEST(desk.change.paused.value() == false);
  BOOST_TEST(desk.change.concurrency.value() == 3u);
  BOOST_TEST(!desk.change.starts_per_min.has_value());
  BOOST_TEST(send("PATCH", "/api/v1/queues/default", "{}").status == 400u);
  BOOST_TEST(send("PATCH", "/api/v1/queues/default", R"({"concurrency": -1})").status == 400u);
}

BOOST_AUTO_TEST_CASE(tenants_are_shown_and_limited) {
  desk.now.queues.push_back({"default"});
  desk::tenant_view acme{"acme", 7'000'000, 20, 3, 1};
  acme.limits[desk::tenant_limit::stored_mb] = 9;
  acme.own = {{desk::tenant_limit::stored_mb, 9}};
  desk.now.tenants = {acme, {"other"}};
  const auto all = json::parse(get("/api/v1/tenants").body)["tenants"];
  BOOST_TEST(all.size() == 2U);
  const auto shown = json::parse(get("/api/v1/tenants/acme").body);
  BOOST_TEST(shown == all[0]);
  BOOST_TEST(shown == json::parse(R"({"name": "acme", "waiting": 3, "running": 1,
    "results_bytes": 7000000, "uploads_bytes": 20, "limit_bytes": 9000000, "own": ["stored_mb"],
    "limits": {"queued": 0, "running": 0, "stored_mb": 9, "upload_gb": 0, "share": 1}})"));
  BOOST_TEST(get("/api/v1/tenants/nobody").status == 404U);
  BOOST_TEST(
      send("PATCH", "/api/v1/tenants/acme", R"({"queued": 0, "running": null, "share": 1000})")
          .body == R"({"name":"acme"})");
  for (const auto* wrong : {"", "{}", R"({"share": 0})", R"({"share": 1001})", R"({"queued": -1})",
                            R"({"queued": 1.5})", R"({"queued": "many"})",
                            R"({"name": "a", "queued": 1})", R"({"upload_gb": 1000001})"})
    BOOST_TEST(send("PATCH", "/api/v1/tenants/acme", wrong).status == 400U, wrong);
  BOOST_TEST(desk.orders ==
                 std::vector<std::string>{"set acme queued=0 running=default share=1000"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nodes_are_cordoned_uncordoned_and_drained) {
  const auto cordoned = post("/api/v1/cluster/nodes/b/cordon", R"({"cause": "new disk"})");
  BOOST_TEST(cordoned.status == 200u);
  BOOST_TEST(cordoned.body == R"({"name":"b"})");
  BOOST_TEST(post("/api/v1/cluster/nodes/b/uncordon", "").status == 200u);
  BOOST_TEST(post("/api/v1/cluster/nodes/b/drain", "{}").status == 200u);
  BOOST_TEST(post("/api/v1/cluster/nodes/nobody/drain", "").status == 404u);
  BOOST_TEST(desk.orders == (std::vector<std::string>{"cordon b new disk", "uncordon b", "drain b",
                                                      "drain nobody"}),
             boost::test_tools::per_element());
  BOOST_TEST(post("/api/v1/cluster/nodes/b/drain", R"({"node": "c"})").status == 400u);
  BOOST_TEST(get("/api/v1/cluster/nodes/b/drain").status == 405u);
  BOOST_TEST(desk.orders.size() == 4u);
}

BOOST_AUTO_TEST_CASE(supervision_and_breakers_are_shown) {
  BOOST_TEST(json::parse(get("/api/v1/cluster/tree").body)["tree"][1]["last_cause"] == "gone");
  BOOST_TEST(json::parse(get("/api/v1/cluster/breakers").body)["breakers"][0]["next_try"] ==
             "2025-12-01T08:00:02.000Z");
  BOOST_TEST(json::parse(get("/api/v1/cluster/hosts").body)["hosts"][0]["tasks"][0]["job"] == "j");
}

BOOST_AUTO_TEST_CASE(a_breaker_is_closed_by_its_name) {
  const auto* path = "/api/v1/cluster/breakers/reset";
  const auto done = post(path, R"({"breaker": "source films.example", "cause": "it is back"})");
  BOOST_TEST(done.status == 200u);
  BOOST_TEST(done.body == R"({"name":"source films.example"})");
  BOOST_TEST(post(path, R"({"breaker": "source other.example"})").status == 404u);
  for (const char* wrong :
       {"", "{}", R"({"breaker": "a", "now": true})", R"({"breaker": "a", "action": "open"})"})
    BOOST_TEST(post(path, wrong).status == 400u, wrong);
  BOOST_TEST(desk.orders == std::vector<std::string>{"reset source films.example it is back"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_told_from_what_cannot_be_done_there) {
  BOOST_TEST(!ask({"GET", "/api/v1/jobz", "", ""}).has_value());
  BOOST_TEST(!ask({"GET", "/api/v1/jobs/", "", ""}).has_value());
  BOOST_TEST(!ask({"GET", "/jobs", "", ""}).has_value());
  BOOST_TEST(!ask({"GET", "/api/v1/jobs/a/b/c", "", ""}).has_value());
  const auto wrong = send("DELETE", "/api/v1/jobs", "");
  BOOST_TEST(wrong.status == 405u);
  BOOST_TEST(header_of(wrong, "Allow") == "POST, GET");
}

/// Below the path of a call comes its method, before the next path.
BOOST_AUTO_TEST_CASE(every_call_is_in_the_openapi_document) {
  std::ifstream file{VDOC_SOURCE_DIR "/docs/openapi.yaml"};
  const std::string document{std::istreambuf_iterator<char>{file}, {}};
  for (const auto& one : net::all_calls()) {
    std::string path{one.path};
    for (auto at = path.find('*'); at != std::string::npos; at = path.find('*'))
      path.replace(at, 1,
                   std::ranges::any_of(std::array{"queues", "schedules", "cluster", "tenants"},
                                       [&](const char* of) { return path.starts_with(of); })
                       ? "{name}"
                       : "{id}");
    std::string method{one.method};
    std::ranges::transform(method, method.begin(), [](char c) { return std::tolower(c); });
    const auto begin = document.find("\n  /api/v1/" + path + ":\n");
    const auto end = document.find("\n  /", begin + 1);
    BOOST_TEST_REQUIRE(begin != std::string::npos, path);
    BOOST_TEST(document.substr(begin, end - begin).find("\n    " + method + ":\n") !=
                   std::string::npos,
               method << " " << path);
  }
}

/// A job that says all that can be said of one, and what says nothing of it.
BOOST_AUTO_TEST_CASE(every_field_of_a_job_is_in_the_openapi_document) {
  const json all{{"source", "/a"},
                 {"kind", "noop"},
                 {"queue", "q"},
                 {"priority", "high"},
                 {"idempotency_key", "k"},
                 {"dedupe", {{"key", "d"}, {"window_s", 1}}},
                 {"tenant", "t"},
                 {"labels", {{"a", "b"}}},
                 {"not_before", 1},
                 {"after", {"019a0000-0000-7000-8000-000000000001"}},
                 {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                 {"callback", "https://hooks.example.com/"},
                 {"spec", json::object()}};
  const auto taken = post("/api/v1/jobs", all.dump());
  BOOST_TEST_REQUIRE(taken.status == 201U, taken.body);
  std::ifstream file{VDOC_SOURCE_DIR "/docs/openapi.yaml"};
  const std::string document{std::istreambuf_iterator<char>{file}, {}};
  const auto begin = document.find("\n    JobWish:\n");
  const auto wish = document.substr(begin, document.find("\n    Callback:\n") - begin);
  for (const auto& [name, value] : all.items())
    BOOST_TEST(wish.find("\n        " + name + ":") != std::string::npos, name);
}

BOOST_AUTO_TEST_CASE(single_jobs_of_one_turn_go_to_the_desk_together) {
  int answers = 0;
  const auto add = [&](const char* name) {
    ledger::job job;
    job.source = "/a";
    submits.add({name, "*", vdoc::desk::role::admin}, job,
                [&](const vdoc::desk::admission& how) { answers += how.how.ok() ? 1 : 0; });
  };
  for (int i = 0; i < 5; ++i)
    add("ann");
  BOOST_TEST(desk.submits.empty());
  add("bob"); // on behalf of somebody else: not together
  submits.flush();
  BOOST_TEST(desk.submits == (std::vector<std::size_t>{5, 1}), boost::test_tools::per_element());
  BOOST_TEST(answers == 6);
  for (int i = 0; i < 300; ++i)
    add("ann");
  BOOST_TEST(desk.submits.back() == 256u);
}

BOOST_AUTO_TEST_SUITE_END()
