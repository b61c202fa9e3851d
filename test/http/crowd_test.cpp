#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/web_client.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using clock = std::chrono::steady_clock;

/// Some milliseconds where the machine has time. Who is slow would be ended for it after 30 s.
constexpr auto promptly = 5s;

constexpr const char* a_beginning = "POST /api/v1/jobs HTTP/1.1\r\nHost: local";
constexpr const char* a_question = "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct a_crowded_gateway {
  test::plain_desk desk;
  net::http_terms terms;
  std::shared_ptr<vdoc::desk::event_feed> feed =
      std::make_shared<vdoc::desk::event_feed>("feed-1", 4);
  std::vector<test::raw_client> crowd;

  a_crowded_gateway() {
    terms.endpoint = "127.0.0.1:0";
    terms.limits.connections = 100;
  }
  /// Clients that begin to ask, and go on for ever.
  void gather(const net::http_gateway& door, int many, const std::string& from) {
    for (int i = 0; i < many; ++i)
      crowd.emplace_back(door.address(), from).say(a_beginning);
  }
  std::ptrdiff_t held() {
    return std::ranges::count_if(crowd, [](auto& one) { return !one.is_closed(); });
  }
  /// How long somebody new waits for an answer that is no refusal.
  static clock::duration wait_of_somebody_new(const net::http_gateway& door) {
    const auto begun = clock::now();
    BOOST_TEST(test::until(60s, [&] {
      test::raw_client one{door.address()};
      one.say(a_question);
      return one.hear_until("\r\n\r\n").starts_with("HTTP/1.1 200 ");
    }));
    return clock::now() - begun;
  }
  /// Some of those that were sent away come back.
  void come_back(const net::http_gateway& door) {
    constexpr int at_once = 2;
    int back = 0;
    for (auto& one : crowd)
      if (back < at_once && one.is_closed()) {
        one = test::raw_client{door.address()};
        one.say(a_beginning);
        ++back;
      }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_gateway_with_many_slow_clients, a_crowded_gateway)

BOOST_AUTO_TEST_CASE(serves_others_promptly_though_they_come_back_all_the_time) {
  terms.limits.grace = 100ms;
  const net::http_gateway door{desk, terms};
  gather(door, 600, "127.0.0.1");
  std::atomic<bool> over{false};
  std::thread storm{[&] {
    test::until(180s, [&] {
      come_back(door);
      return over.load();
    });
  }};
  for (int i = 0; i < 30; ++i)
    BOOST_TEST((wait_of_somebody_new(door) < promptly));
  over = true;
  storm.join();
  BOOST_TEST(test::until(60s, [&] { return held() <= 100; }), held());
  BOOST_TEST(held() >= 90); // they are kept while nobody wants their places
}

BOOST_AUTO_TEST_CASE(lets_a_request_arrive_before_it_ends_it_for_another) {
  terms.limits.connections = 1;
  terms.limits.grace = 10s;
  const net::http_gateway door{desk, terms};
  test::raw_client first{door.address()};
  first.say(std::string{a_question}.substr(0, 20));
  test::raw_client second{door.address()};
  second.say(a_question);
  BOOST_TEST(second.hear_all().starts_with("HTTP/1.1 503 "));
  first.say(std::string{a_question}.substr(20));
  BOOST_TEST(first.hear_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_CASE(gives_one_address_its_share_and_no_more) {
  terms.limits.connections_per_address = 20;
  const net::http_gateway door{desk, terms};
  gather(door, 300, "127.0.0.2");
  for (int i = 0; i < 30; ++i)
    BOOST_TEST((wait_of_somebody_new(door) < promptly));
  BOOST_TEST(test::until(60s, [&] { return held() == 20; }), held());
  BOOST_TEST((wait_of_somebody_new(door) < promptly));
}

BOOST_AUTO_TEST_CASE(tells_an_address_that_is_busy_on_all_it_may_have) {
  terms.limits.connections_per_address = 2;
  terms.limits.grace = 0ms; // not that they were slow: it is us who take so long
  const net::http_gateway door{desk, terms};
  {
    const std::scoped_lock lock{desk.mutex};
    desk.hold = true;
  }
  for (int i = 0; i < 2; ++i)
    crowd.emplace_back(door.address(), "127.0.0.2")
        .say("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST_REQUIRE(test::until(60s, [&] {
    const std::scoped_lock lock{desk.mutex};
    return desk.held.size() == 2;
  }));
  test::raw_client third{door.address(), "127.0.0.2"};
  third.say(a_question);
  const auto refused = third.hear_all();
  BOOST_TEST(refused.starts_with("HTTP/1.1 429 "));
  BOOST_TEST(refused.find("\r\nRetry-After: 1\r\n") != std::string::npos, refused);
  BOOST_TEST((wait_of_somebody_new(door) < promptly));
  const std::scoped_lock lock{desk.mutex};
  for (const auto& answer : desk.held)
    answer({});
}

BOOST_AUTO_TEST_CASE(ends_those_that_do_not_read_what_they_asked_for) {
  const test::temp_folder folder;
  std::filesystem::create_directories(folder / "id-0");
  std::ofstream{folder / "id-0/large.mp4", std::ios::binary} << std::string(30'000'000, 'x');
  desk.folder = folder.path().string();
  desk.jobs["id-0"].source = "/a";
  terms.limits.connections = 10;
  terms.limits.grace = 100ms;
  const net::http_gateway door{desk, terms};
  for (int i = 0; i < 10; ++i)
    crowd.emplace_back(door.address())
        .say("GET /api/v1/jobs/id-0/files/large.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 12; ++i)
    BOOST_TEST((wait_of_somebody_new(door) < promptly));
  BOOST_TEST(test::until(60s, [&] { return held() < 10; }));
}

BOOST_AUTO_TEST_CASE(lets_those_go_on_who_listen_to_events) {
  terms.feed = feed;
  terms.limits.connections = 2;
  terms.limits.grace = 10ms;
  const net::http_gateway door{desk, terms};
  test::raw_client listener{door.address()};
  listener.say("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST_REQUIRE(listener.hear_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  gather(door, 1, "127.0.0.1");
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((wait_of_somebody_new(door) < promptly));
  BOOST_TEST(!listener.is_closed());
  BOOST_TEST(held() == 0);
}

BOOST_AUTO_TEST_CASE(outlives_more_of_them_than_it_would_even_refuse) {
  terms.limits.connections = 20;
  terms.limits.connections_per_address = 10;
  const net::http_gateway door{desk, terms};
  gather(door, 400, "127.0.0.3");
  BOOST_TEST(test::until(60s, [&] { return held() <= 10; }), held());
  crowd.clear();
  BOOST_TEST((wait_of_somebody_new(door) < promptly));
  for (int i = 0; i < 10; ++i)
    crowd.emplace_back(door.address(), "127.0.0.3").say(a_question);
  for (auto& one : crowd)
    BOOST_TEST(one.hear_until("\r\n\r\n").starts_with("HTTP/1.1 "));
}

BOOST_AUTO_TEST_SUITE_END()
