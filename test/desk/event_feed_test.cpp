#include "cluster/desk/event_feed.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

namespace {

/// What a listener hears: "1:a 2:b ".
struct notes {
  std::string text;
  event_feed::listener ear() {
    return
        [this](const feed_item& it) { text += std::to_string(it->number) + ":" + it->topic + " "; };
  }
};
std::string written(const std::vector<feed_item>& items) {
  notes all;
  for (const auto& one : items)
    all.ear()(one);
  return all.text;
}

struct a_feed {
  event_feed feed{"x", 3};
  notes heard;
  void say(const std::string& topic) { feed.publish(topic, "t", "{}"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_event_feed, a_feed)

BOOST_AUTO_TEST_CASE(tells_listeners_everything_in_order_until_they_leave) {
  say("before");
  auto ear = feed.subscribe(heard.ear());
  say("a");
  say("b");
  ear.reset();
  say("after");
  BOOST_TEST(heard.text == "2:a 3:b ");
  BOOST_TEST(feed.last() == 4U);
}

BOOST_AUTO_TEST_CASE(gives_who_comes_back_what_was_missed_and_then_the_rest) {
  for (const char* topic : {"a", "b", "c", "d"})
    say(topic);
  auto again = feed.resume(2, heard.ear());
  BOOST_REQUIRE(again);
  say("e");
  BOOST_TEST(written(again->missed) == "3:c 4:d ");
  BOOST_TEST(heard.text == "5:e ");
}

BOOST_AUTO_TEST_CASE(does_not_hide_that_something_is_kept_no_more) {
  for (const char* topic : {"a", "b", "c", "d"})
    say(topic);
  BOOST_TEST(!feed.resume(0, heard.ear()));
  BOOST_TEST(feed.resume(1, heard.ear()).has_value());
  BOOST_TEST(feed.resume(4, heard.ear())->missed.empty());
  BOOST_TEST(!feed.resume(5, heard.ear()));
}

BOOST_AUTO_TEST_CASE(may_be_gone_before_its_listeners) {
  auto of = std::make_unique<event_feed>("y");
  auto ear = of->subscribe(heard.ear());
  of.reset();
  ear.reset();
  BOOST_TEST(heard.text.empty());
}

BOOST_AUTO_TEST_SUITE_END()
