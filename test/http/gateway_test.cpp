#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/web_client.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;

net::http_terms terms_at(const char* endpoint) {
  net::http_terms terms;
  terms.endpoint = endpoint;
  return terms;
}

struct a_gateway {
  test::plain_desk desk;
  net::http_gateway door{desk, terms_at("127.0.0.1:0")};
  test::web_client client{door.address()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_http_gateway, a_gateway)

BOOST_AUTO_TEST_CASE(takes_jobs_and_says_how_they_stand) {
  const auto taken = client.send("POST", "/api/v1/jobs", R"({"source": "/films/talk.mp4"})");
  BOOST_TEST(taken.status == 201u);
  BOOST_TEST(taken.body == R"({"id":"id-0","known":false})");
  BOOST_TEST(taken.header("location") == "/api/v1/jobs/id-0");
  BOOST_TEST(taken.header("cache-control") == "no-store");
  const auto job = client.get("/api/v1/jobs/id-0");
  BOOST_TEST(json::parse(job.body)["source"] == "/films/talk.mp4");
  BOOST_TEST(client.get("/api/v1/jobs/none").status == 404u);
  BOOST_TEST(client.get("/nothing").header("content-type") == "application/problem+json");
}

BOOST_AUTO_TEST_CASE(is_alive_and_says_whether_it_is_ready_and_why_not) {
  BOOST_TEST(client.get("/healthz").body == R"({"alive":true})");
  BOOST_TEST(client.get("/readyz").status == 200u);
  {
    const std::scoped_lock lock{desk.mutex};
    desk.now.ready = false;
    desk.now.trouble = "the ledger is away: no route";
  }
  const auto away = client.get("/readyz");
  BOOST_TEST(away.status == 503u);
  BOOST_TEST(json::parse(away.body)["message"] == "the ledger is away: no route");
  BOOST_TEST(away.header("retry-after") == "1");
  BOOST_TEST(client.get("/metrics").status == 404u);
}

BOOST_AUTO_TEST_CASE(answers_others_while_one_waits) {
  {
    const std::scoped_lock lock{desk.mutex};
    desk.hold = true;
  }
  std::thread slow{[&] {
    test::web_client other{door.address()};
    BOOST_TEST(other.get("/readyz").status == 200u);
  }};
  BOOST_TEST(test::until(60s, [&] {
    const std::scoped_lock lock{desk.mutex};
    return desk.held.size() == 1;
  }));
  BOOST_TEST(client.get("/healthz").status == 200u);
  {
    const std::scoped_lock lock{desk.mutex};
    desk.held.front()({true, "", 0, 0, {}});
  }
  slow.join();
}

BOOST_AUTO_TEST_CASE(answers_pipelined_requests_in_order_on_one_connection) {
  test::raw_client raw{door.address()};
  raw.say("GET /api/v1/jobs/none HTTP/1.1\r\nHost: localhost\r\n\r\n"
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const auto all = raw.hear_all();
  BOOST_TEST(all.find("404 Not Found") < all.find("200 OK"));
  BOOST_TEST(all.find("{\"alive\":true}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lives_on_when_clients_leave_in_the_middle) {
  {
    const std::scoped_lock lock{desk.mutex};
    desk.hold = true;
  }
  for (int i = 0; i < 20; ++i) {
    test::raw_client raw{door.address()};
    raw.say(i % 2 == 0 ? "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n" : "POST /api/v1/jo");
  }
  BOOST_TEST(test::until(60s, [&] {
    const std::scoped_lock lock{desk.mutex};
    return desk.held.size() == 10;
  }));
  {
    const std::scoped_lock lock{desk.mutex};
    for (const auto& answer : desk.held)
      answer({});
    desk.hold = false;
  }
  BOOST_TEST(client.get("/readyz").status == 200u);
}

BOOST_AUTO_TEST_CASE(does_not_take_what_pages_of_other_sites_send) {
  const auto foreign = client.send("POST", "/api/v1/jobs", R"({"source": "/a"})",
                                   {{"Origin", "http://evil.example"}});
  BOOST_TEST(foreign.status == 403u);
  BOOST_TEST(client.get("/api/v1/jobs", {{"Sec-Fetch-Site", "cross-site"}}).status == 403u);
  BOOST_TEST(client.get("/api/v1/jobs", {{"Origin", door.address()}}).status == 200u);
  test::raw_client raw{door.address()};
  raw.say("GET /api/v1/jobs HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  BOOST_TEST(raw.hear_until("\r\n\r\n").starts_with("HTTP/1.1 421 "));
  BOOST_TEST(desk.jobs.empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_too_long_before_it_has_come) {
  test::raw_client raw{door.address()};
  raw.say("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
          "Content-Type: application/json\r\nContent-Length: 5000000\r\n\r\n");
  BOOST_TEST(raw.hear_all().starts_with("HTTP/1.1 413 "));
  test::raw_client endless{door.address()};
  endless.say(
      "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(65'536, ' ') + "\r\n";
  for (int i = 0; i < 80; ++i)
    endless.say(chunk);
  BOOST_TEST(endless.hear_all().find("201") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_no_headers_without_end_and_lives_on) {
  const std::string begin = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";
  test::raw_client usual{door.address()};
  usual.say(begin + "Cookie: " + std::string(8'000, 'x') + "\r\n\r\n");
  BOOST_TEST(usual.hear_until("}").starts_with("HTTP/1.1 200 "));
  test::raw_client large{door.address()};
  large.say(begin + "Cookie: " + std::string(1'000'000, 'x') + "\r\n\r\n");
  BOOST_TEST(large.hear_all().find(" 200 ") == std::string::npos);
  test::raw_client many{door.address()};
  many.say(begin);
  for (int i = 0; i < 20'000; ++i) // 1.2 MB, and never an end
    many.say("X-" + std::to_string(i) + ": " + std::string(50, 'x') + "\r\n");
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(many.hear_all().find(" 200 ") == std::string::npos);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 9s)); // at once, not after `until_read`
  BOOST_TEST(client.get("/healthz").status == 200u);
}

BOOST_AUTO_TEST_CASE(takes_many_at_once_and_mixes_up_none) {
  constexpr int clients = 8;
  constexpr int each = 200;
  std::atomic<int> right{0};
  std::vector<std::thread> all;
  all.reserve(clients);
  for (int i = 0; i < clients; ++i)
    all.emplace_back([&, i] {
      test::web_client own{door.address()};
      for (int j = 0; j < each; ++j) {
        const auto source = "/" + std::to_string(i) + "/" + std::to_string(j);
        const auto taken = own.send("POST", "/api/v1/jobs", json{{"source", source}}.dump());
        const auto id = json::parse(taken.body, nullptr, false).value("id", std::string{});
        const std::scoped_lock lock{desk.mutex};
        right += desk.jobs[id].source == source ? 1 : 0;
      }
    });
  for (auto& one : all)
    one.join();
  BOOST_TEST(right == clients * each);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_http_gateway)

BOOST_AUTO_TEST_CASE(is_not_opened_to_other_machines_unasked) {
  test::plain_desk desk;
  BOOST_CHECK_THROW(net::http_gateway(desk, terms_at("0.0.0.0:0")), net::cannot_serve);
  BOOST_CHECK_THROW(net::http_gateway(desk, terms_at("nonsense")), net::cannot_serve);
  auto exposed = terms_at("0.0.0.0:0");
  exposed.exposed = true;
  const net::http_gateway open{desk, exposed};
  BOOST_TEST(open.address().starts_with("http://0.0.0.0:"));
  const net::http_gateway first{desk, terms_at("127.0.0.1:0")};
  BOOST_CHECK_THROW(net::http_gateway(desk, terms_at(first.address().substr(7).c_str())),
                    net::cannot_serve);
}

BOOST_AUTO_TEST_CASE(ends_what_takes_too_long_to_ask) {
  test::plain_desk desk;
  auto terms = terms_at("127.0.0.1:0");
  terms.limits.until_read = 1s;
  const net::http_gateway door{desk, terms};
  test::raw_client slow{door.address()};
  slow.say("POST /api/v1/jobs HTTP/1.1\r\nHost: local");
  const auto begun = std::chrono::steady_clock::now();
  slow.hear_all();
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 9s));
}

BOOST_AUTO_TEST_CASE(closes_connections_that_nobody_uses) {
  test::plain_desk desk;
  auto terms = terms_at("127.0.0.1:0");
  terms.limits.without_progress = 1s;
  const net::http_gateway door{desk, terms};
  test::raw_client idle{door.address()};
  idle.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(idle.hear_all().starts_with("HTTP/1.1 200"));
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 9s));
}

BOOST_AUTO_TEST_CASE(refuses_more_connections_than_it_keeps) {
  test::plain_desk desk;
  auto terms = terms_at("127.0.0.1:0");
  terms.limits.connections = 2;
  const net::http_gateway door{desk, terms};
  const std::string question = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  {
    test::raw_client first{door.address()};
    test::raw_client second{door.address()};
    for (auto* one : {&first, &second}) {
      one->say(question);
      BOOST_TEST(one->hear_until("}").starts_with("HTTP/1.1 200"));
    }
    test::raw_client third{door.address()};
    third.say(question);
    BOOST_TEST(third.hear_all().starts_with("HTTP/1.1 503"));
  }
  BOOST_TEST(test::until(60s, [&] {
    test::raw_client again{door.address()};
    again.say(question);
    return again.hear_until("}").starts_with("HTTP/1.1 200");
  }));
}

BOOST_AUTO_TEST_CASE(keeps_nothing_of_connections_that_have_gone) {
  test::plain_desk desk;
  const net::http_gateway door{desk, terms_at("127.0.0.1:0")};
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return std::distance(begin(all), end(all));
  };
  const std::string question = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto visit = [&] {
    test::raw_client one{door.address()};
    one.say(question);
    BOOST_TEST(one.hear_until("}").starts_with("HTTP/1.1 200"));
  };
  visit(); // what its thread opens by itself is open then
  std::ptrdiff_t before = 0;
  BOOST_TEST(test::until(60s, [&] { // and this visitor is gone
    before = descriptors();
    return !test::until(200ms, [&] { return descriptors() != before; });
  }));
  for (int i = 0; i < 300; ++i)
    visit();
  BOOST_TEST(test::until(60s, [&] { return descriptors() <= before; }), descriptors() - before);
}

BOOST_AUTO_TEST_CASE(gives_the_metrics_of_whoever_has_them) {
  test::plain_desk desk;
  auto terms = terms_at("127.0.0.1:0");
  terms.metrics = [] { return std::string{"jobs 7\n"}; };
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  BOOST_TEST(client.get("/metrics").body == "jobs 7\n");
}

BOOST_AUTO_TEST_SUITE_END()
