#include "test/http/a_caller.hpp"

#include <nlohmann/json.hpp>

using namespace vdoc;
using nlohmann::json;

namespace {

constexpr const char* nightly =
    R"({"name": "nightly", "cron": "0 3 * * *", "job": {"source": "/films/talk.mp4"}})";

struct a_caller_with_schedules : test::a_caller {
  net::web_answer with_query(std::string_view method, std::string_view path,
                             std::string_view query) {
    return ask({method, path, query, "", "application/json"}).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(schedules_over_http, a_caller_with_schedules)

BOOST_AUTO_TEST_CASE(are_created_shown_listed_and_removed) {
  const auto made = post("/api/v1/schedules", nightly);
  BOOST_TEST(made.status == 201u);
  BOOST_TEST(made.body == R"({"name":"nightly","tenant":"default"})");
  BOOST_TEST(test::header_of(made, "Location") == "/api/v1/schedules/nightly?tenant=default");
  const auto shown = json::parse(get("/api/v1/schedules/nightly").body);
  BOOST_TEST(shown["cron"] == "0 3 * * *");
  BOOST_TEST(shown["job"]["source"] == "/films/talk.mp4");
  BOOST_TEST(json::parse(get("/api/v1/schedules").body)["schedules"].size() == 1u);
  BOOST_TEST(with_query("DELETE", "/api/v1/schedules/nightly", "").status == 200u);
  BOOST_TEST(get("/api/v1/schedules").body == R"({"schedules":[]})");
  BOOST_TEST(get("/api/v1/schedules/nightly").status == 404u);
  BOOST_TEST(with_query("DELETE", "/api/v1/schedules/nightly", "").status == 404u);
}

BOOST_AUTO_TEST_CASE(are_not_created_over_another_one_but_replaced_with_put) {
  post("/api/v1/schedules", nightly);
  const auto again = post("/api/v1/schedules", nightly);
  BOOST_TEST(again.status == 409u);
  BOOST_TEST(again.body.find("replace it with PUT") != std::string::npos);
  const auto put = send("PUT", "/api/v1/schedules/nightly",
                        R"({"cron": "0 4 * * *", "job": {"source": "/films/other.mp4"}})");
  BOOST_TEST(put.status == 200u);
  const auto shown = json::parse(get("/api/v1/schedules/nightly").body);
  BOOST_TEST(shown["cron"] == "0 4 * * *");
  BOOST_TEST(desk.timetable.size() == 1u);
}

BOOST_AUTO_TEST_CASE(are_paused_and_resumed_and_stay_what_they_are) {
  post("/api/v1/schedules", nightly);
  BOOST_TEST(send("PATCH", "/api/v1/schedules/nightly", R"({"paused": true})").status == 200u);
  auto shown = json::parse(get("/api/v1/schedules/nightly").body);
  BOOST_TEST(shown["paused"] == true);
  BOOST_TEST(shown["cron"] == "0 3 * * *");
  BOOST_TEST(shown["job"]["source"] == "/films/talk.mp4");
  BOOST_TEST(send("PATCH", "/api/v1/schedules/nightly", R"({"paused": false})").status == 200u);
  BOOST_TEST(json::parse(get("/api/v1/schedules/nightly").body)["paused"] == false);
  BOOST_TEST(send("PATCH", "/api/v1/schedules/none", R"({"paused": true})").status == 404u);
}

BOOST_AUTO_TEST_CASE(are_those_of_the_tenant_that_is_named_or_the_callers_own) {
  const auto news =
      R"({"cron": "0 3 * * *", "job": {"source": "/films/news.mp4", "tenant": "news"}})";
  BOOST_TEST(send("PUT", "/api/v1/schedules/nightly", news).status == 200u);
  BOOST_TEST(get("/api/v1/schedules/nightly").status == 404u); // of tenant default
  BOOST_TEST(get("/api/v1/schedules/nightly", "tenant=news").status == 200u);
  who.tenant = "news";
  BOOST_TEST(get("/api/v1/schedules/nightly").status == 200u);
  BOOST_TEST(post("/api/v1/schedules",
                  R"({"name": "x", "cron": "@daily", "job": {"source": "/a", "tenant": "other"}})")
                 .status == 403u);
  BOOST_TEST(with_query("DELETE", "/api/v1/schedules/nightly", "tenant=other").status == 404u);
  BOOST_TEST(with_query("DELETE", "/api/v1/schedules/nightly", "tenant=news").status == 200u);
}

BOOST_AUTO_TEST_CASE(that_are_wrong_are_refused_by_name) {
  BOOST_TEST(post("/api/v1/schedules", "{").status == 400u);
  BOOST_TEST(post("/api/v1/schedules", R"({"cron": "@daily", "job": {"source": "/a"}})").status ==
             400u);
  BOOST_TEST(send("PUT", "/api/v1/schedules/nightly", "").status == 400u);
  const auto other = send("PUT", "/api/v1/schedules/weekly", nightly);
  BOOST_TEST(other.status == 400u);
  BOOST_TEST(other.body.find("different schedules") != std::string::npos);
  for (const char* body : {"", "{}", R"({"paused": 1})", R"({"paused": true, "cron": "@daily"})"})
    BOOST_TEST(send("PATCH", "/api/v1/schedules/nightly", body).status == 400u, body);
  BOOST_TEST(get("/api/v1/schedules/nightly", "state=failed").status == 400u);
  BOOST_TEST(ask({"POST", "/api/v1/schedules/nightly", "", "", ""})->status == 405u);
}

BOOST_AUTO_TEST_SUITE_END()
