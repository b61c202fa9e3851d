#include "net/zmq/event_reader.hpp"
#include "net/zmq/events.hpp"
#include "net/zmq/told_event.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <zmq.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

struct a_teller {
  desk::event_feed feed{"f"};
  net::zmq_events teller{feed, {"tcp://127.0.0.1:*", false}};
  net::event_reader reader{teller.address()};

  void say(const std::string& topic, const std::string& body = "{}") {
    feed.publish(topic, "default", body);
  }
  /// Says something until it is heard: a subscription takes its time to arrive.
  void wait_for_ears(const std::string& topic) {
    BOOST_REQUIRE(test::until(60s, [&] {
      say(topic, "waiting");
      return reader.next(10ms).has_value();
    }));
    say(topic, "the last");
    BOOST_REQUIRE(test::until(60s, [&] {
      const auto heard = reader.next(1s);
      return heard && heard->what.body == "the last";
    }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_events_socket, a_teller)

BOOST_AUTO_TEST_CASE(tells_who_subscribes_what_was_asked_for_and_nothing_else) {
  reader.subscribe("job.1.");
  wait_for_ears("job.1.state");
  const auto before = feed.last();
  say("job.2.state", "no");
  say("job.1.progress", "one");
  say("queue.a", "no");
  say("job.1.state", "two");
  const auto first = reader.next(60s);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->what.topic == "job.1.progress");
  BOOST_TEST(first->what.feed == "f");
  BOOST_TEST(first->what.number == before + 2);
  BOOST_TEST(first->what.before_in_family == before + 1);
  BOOST_TEST(first->what.body == "one");
  const auto second = reader.next(60s);
  BOOST_REQUIRE(second);
  BOOST_TEST(second->what.before_in_topic == before);
  BOOST_TEST(!second->missed_some);
}

BOOST_AUTO_TEST_CASE(costs_nothing_while_nobody_listens_and_survives_listeners_that_come_and_go) {
  for (int i = 0; i < 20; ++i) {
    net::event_reader guest{teller.address()};
    guest.subscribe(i % 2 == 0 ? "" : "job.");
    say("job.1.state");
  }
  reader.subscribe("");
  wait_for_ears("job.1.state");
  say("queue.a", "still here");
  const auto heard = reader.next(60s);
  BOOST_REQUIRE(heard);
  BOOST_TEST(heard->what.body == "still here");
}

BOOST_AUTO_TEST_CASE(is_not_opened_to_other_machines_unasked) {
  BOOST_CHECK_THROW(net::zmq_events(feed, {"tcp://0.0.0.0:*", false}), net::cannot_listen);
  BOOST_CHECK_THROW(net::zmq_events(feed, {teller.address(), false}), net::cannot_listen);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_event_reader)

BOOST_AUTO_TEST_CASE(says_when_events_of_a_topic_were_missed) {
  zmq::context_t context;
  zmq::socket_t service{context, zmq::socket_type::xpub};
  service.set(zmq::sockopt::linger, 0);
  service.bind("tcp://127.0.0.1:*");
  net::event_reader reader{service.get(zmq::sockopt::last_endpoint)};
  reader.subscribe("job.");
  zmq::message_t subscription;
  service.set(zmq::sockopt::rcvtimeo, 60'000);
  BOOST_REQUIRE(service.recv(subscription).has_value());
  struct told {
    const char *topic, *place;
    bool missed;
  };
  for (const auto& [topic, place, missed] :
       {told{"job.1.state", "f:4:3:2", false},    // the first that is heard: 2 was before our time
        told{"job.1.state", "f:6:5:4", false},    //
        told{"job.2.state", "f:7:6:0", false},    //
        told{"job.1.state", "f:9:8:8", true},     // 8 was of this topic
        told{"job.1.state", "f:20:19:0", false},  // not known whether there was one
        told{"job.1.state", "g:3:2:2", false}}) { // another feed: the service was restarted
    for (const char* part : {topic, place})
      service.send(zmq::buffer(std::string_view{part}), zmq::send_flags::sndmore);
    service.send(zmq::buffer(std::string_view{"{}"}), zmq::send_flags::none);
    const auto heard = reader.next(60s);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->missed_some == missed, place);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_frames_of_an_event)

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
  desk::feed_event what{7, "job.1.state", "t", "{}", 5, 6};
  const auto back = net::read_event(net::write_event("a:b", what));
  BOOST_REQUIRE(back);
  BOOST_TEST(back->feed == "a:b");
  BOOST_TEST(back->number == 7u);
  BOOST_TEST(back->before_in_topic == 5u);
  BOOST_TEST(back->before_in_family == 6u);
}

BOOST_AUTO_TEST_CASE(are_none_when_something_is_missing_or_no_number) {
  for (const char* place :
       {"", "f", "f:1", "f:1:2", "f:1:2:", "f:1:2:x", "f:1:2:3x", "f::2:3", "f:-1:2:3"})
    BOOST_TEST(!net::read_event({"t", place, "{}"}).has_value(), place);
  BOOST_TEST(!net::read_event({"t", "f:1:2:3"}).has_value());
  BOOST_TEST(!net::read_event({"t", "f:1:2:3", "{}", "x"}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
