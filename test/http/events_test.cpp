#include "net/http/event_text.hpp"
#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/web_client.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

struct a_gateway_to_events {
  test::plain_desk desk;
  std::shared_ptr<vdoc::desk::event_feed> feed =
      std::make_shared<vdoc::desk::event_feed>("feed-1", 4);
  net::http_gateway door{desk, [this] {
                           net::http_terms terms;
                           terms.endpoint = "127.0.0.1:0";
                           terms.feed = feed;
                           return terms;
                         }()};

  test::raw_client listen(const std::string& query = "", const std::string& last = "") {
    test::raw_client one{door.address()};
    one.say("GET /api/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\n" +
            (last.empty() ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n");
    return one;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(events_over_http, a_gateway_to_events)

BOOST_AUTO_TEST_CASE(are_told_as_they_happen) {
  auto one = listen();
  const auto head = one.hear_until("id: feed-1:0\n\n");
  BOOST_TEST(head.find("Content-Type: text/event-stream") != std::string::npos);
  BOOST_TEST(head.find("retry: 2000\n") != std::string::npos);
  feed->publish("job.id-1.state", "default", R"({"state":"running"})");
  feed->publish("queue.default", "default", "{}");
  const auto all = one.hear_until("queue.default");
  BOOST_TEST(all.find("id: feed-1:1\nevent: state\n"
                      "data: {\"topic\":\"job.id-1.state\",\"state\":\"running\"}\n\n") !=
             std::string::npos);
  BOOST_TEST(all.find("id: feed-1:2\nevent: queue\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_those_that_were_asked_for) {
  auto one = listen("?topic=job.a,queue.slow&topic=job.*.progress");
  one.hear_until("id: feed-1:0");
  for (const auto* topic : {"job.a.state", "job.b.state", "job.b.progress", "queue.default",
                            "queue.slow", "job.ab.state", "queue.end"})
    feed->publish(topic, "default", "{}");
  feed->publish("job.a.end", "default", "{}");
  const auto all = one.hear_until("job.a.end");
  for (const auto* heard : {"job.a.state", "job.b.progress", "queue.slow"})
    BOOST_TEST(all.find(heard) != std::string::npos, heard);
  for (const auto* other : {"job.b.state", "queue.default", "job.ab.state", "queue.end"})
    BOOST_TEST(all.find(other) == std::string::npos, other);
}

BOOST_AUTO_TEST_CASE(go_on_where_a_listener_stopped) {
  for (int i = 1; i <= 3; ++i)
    feed->publish("job.a.n" + std::to_string(i), "default", "{}");
  auto one = listen("", "feed-1:1");
  const auto all = one.hear_until("job.a.n3");
  BOOST_TEST(all.find("job.a.n1") == std::string::npos);
  BOOST_TEST(all.find("job.a.n2") != std::string::npos);
  BOOST_TEST(all.find("event: reset") == std::string::npos);
  auto other = listen("?last_event_id=feed-1:2");
  BOOST_TEST(other.hear_until("job.a.n3").find("job.a.n2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(begin_with_a_reset_when_some_are_missed) {
  for (int i = 1; i <= 9; ++i)
    feed->publish("job.a.n" + std::to_string(i), "default", "{}");
  for (const auto* place : {"feed-1:2", "feed-0:9", "feed-1:10", "nonsense"}) {
    auto one = listen("", place);
    const auto head = one.hear_until("event: reset\ndata: {}\n\n");
    BOOST_TEST(head.find("id: feed-1:9\nevent: reset") != std::string::npos, place);
    BOOST_TEST(head.find("job.a.n9") == std::string::npos, place);
  }
}

BOOST_AUTO_TEST_CASE(do_not_wait_for_a_listener_that_does_not_read) {
  auto lazy = listen();
  lazy.hear_until("id: feed-1:0");
  auto eager = listen("?topic=job.end");
  eager.hear_until("id: feed-1:0");
  const auto body = R"({"text":")" + std::string(20'000, 'x') + "\"}";
  for (int i = 0; i < 2'000; ++i)
    feed->publish("job.a.segment", "default", body);
  feed->publish("job.end", "default", "{}");
  BOOST_TEST(eager.hear_until("job.end").find("job.end") != std::string::npos);
  // What was sent before it was cut off is not all.
  BOOST_TEST(lazy.hear_until("job.end").find("job.end") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_refused_when_the_question_is_wrong) {
  BOOST_TEST(listen("?colour=red").hear_until("\r\n\r\n").starts_with("HTTP/1.1 400"));
  net::http_terms none;
  none.endpoint = "127.0.0.1:0";
  const net::http_gateway silent{desk, none};
  test::web_client client{silent.address()};
  BOOST_TEST(client.get("/api/v1/events").status == 404u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_text_of_an_event)

BOOST_AUTO_TEST_CASE(stays_on_its_lines_whatever_is_in_it) {
  const vdoc::desk::feed_event odd{3, "job.a\n.b\r", "default", "{\"x\":\n1}"};
  BOOST_TEST(net::written("f", odd) ==
             "id: f:3\nevent: b \ndata: {\"topic\":\"job.a\\n.b\\r\",\"x\": 1}\n\n");
}

BOOST_AUTO_TEST_CASE(has_a_place_that_can_be_read_back) {
  BOOST_TEST(net::place_from("a:b:7")->feed == "a:b");
  BOOST_TEST(net::place_from("a:7")->number == 7u);
  for (const auto* wrong : {"", ":7", "a", "a:", "a:x", "a:7x", "a:99999999999999999999"})
    BOOST_TEST(!net::place_from(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
