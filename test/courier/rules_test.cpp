#include "actors/courier/rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using courier::reply;

namespace {

constexpr std::int64_t noon = 1'764'590'400'000;
constexpr const char* hooks = "https://hooks.example.com/video";

struct couriers_rules {
  courier::rule_terms terms = [] {
    courier::rule_terms what;
    what.waits_ms = {5'000, 60'000};
    what.jitter = 0;
    what.breaker = {3, 10'000, 40'000};
    return what;
  }();
  courier::rules rules{terms};
  std::int64_t now = noon;

  void add(const std::string& key, const std::string& url = hooks) { rules.add({key, url}); }
  /// "send a, forget b given up, remember c 1 +5000" at the moment.
  std::string next() {
    const auto todo = rules.decide(now);
    std::string words;
    const auto say = [&](const std::string& what) { words += (words.empty() ? "" : ", ") + what; };
    for (const auto& it : todo.sends)
      say("send " + it.key);
    for (const auto& it : todo.forgets)
      say("forget " + it.key + (it.delivered ? "" : " given up"));
    for (const auto& it : todo.remembers)
      say("remember " + it.key + " " + std::to_string(it.attempts) + " +" +
          std::to_string(it.due_unix_ms - now));
    return words;
  }
  /// Of one target: enough to open its breaker.
  void three_fail(const char* first, const char* second, const char* third) {
    rules.ended(first, reply::failed, now);
    rules.ended(second, reply::failed, now);
    next();
    rules.ended(third, reply::failed, now);
    next();
  }
  std::int64_t wait() { return rules.next_unix_ms().value_or(now - 1) - now; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_courier, couriers_rules)

BOOST_AUTO_TEST_CASE(sends_and_forgets_what_was_taken) {
  add("a");
  add("a");
  BOOST_TEST(next() == "send a");
  BOOST_TEST(next() == "");
  rules.ended("a", reply::taken, now);
  BOOST_TEST(next() == "forget a");
  BOOST_TEST(rules.open() == 0U);
  BOOST_TEST(rules.breakers().empty());
}

BOOST_AUTO_TEST_CASE(waits_longer_after_each_failure_and_then_gives_up) {
  add("a");
  BOOST_TEST(next() == "send a");
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "remember a 1 +5000");
  BOOST_TEST(wait() == 5'000);
  now += 4'999;
  BOOST_TEST(next() == "");
  now += 1;
  BOOST_TEST(next() == "send a");
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "remember a 2 +60000");
  now += 60'000;
  BOOST_TEST(next() == "send a");
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "forget a given up");
}

BOOST_AUTO_TEST_CASE(gives_up_at_once_when_it_is_not_wanted) {
  add("a");
  next();
  rules.ended("a", reply::refused, now);
  BOOST_TEST(next() == "forget a given up");
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_stood_before_a_restart) {
  rules.add({"a", hooks, 2, noon + 1'000});
  BOOST_TEST(next() == "");
  BOOST_TEST(wait() == 1'000);
  now += 1'000;
  BOOST_TEST(next() == "send a");
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "forget a given up");
}

BOOST_AUTO_TEST_CASE(lets_no_target_keep_the_others_waiting) {
  for (const char* key : {"a", "b", "c"})
    add(key);
  add("d", "https://other.example.com/");
  BOOST_TEST(next() == "send a, send b, send d");
  rules.ended("b", reply::taken, now);
  BOOST_TEST(next() == "send c, forget b");
}

BOOST_AUTO_TEST_CASE(leaves_a_target_alone_that_does_not_answer) {
  for (const char* key : {"a", "b", "c", "d"})
    add(key);
  next();
  rules.ended("a", reply::failed, now);
  rules.ended("b", reply::failed, now);
  next();
  rules.ended("c", reply::failed, now);
  rules.ended("d", reply::failed, now);
  next();
  const auto seen = rules.breakers().at(0);
  BOOST_TEST(seen.target == "hooks.example.com:443");
  BOOST_TEST((seen.where == resources::breaker::position::open));
  BOOST_TEST(seen.failures == 3U);
  BOOST_TEST(seen.since_ms == noon);
  BOOST_TEST(seen.next_ms == noon + 10'000);
  BOOST_TEST(seen.waiting == 4U);
  add("e");
  BOOST_TEST(next() == "");
  BOOST_TEST(wait() == 10'000);
  now += 10'000;
  BOOST_TEST(next() == "send e"); // one trial, though all are due
  BOOST_TEST(next() == "");
  rules.ended("e", reply::taken, now);
  BOOST_TEST(next() == "send a, send b, forget e");
}

BOOST_AUTO_TEST_CASE(blames_no_target_for_what_was_not_posted) {
  add("a");
  next();
  for (int i = 0; i < 10; ++i) {
    rules.ended("a", reply::put_off, now);
    BOOST_TEST(next() == "");
    BOOST_TEST(wait() == 1'000);
    now += 1'000;
    BOOST_TEST(next() == "send a");
  }
  BOOST_TEST(rules.breakers().empty());
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "remember a 1 +5000");
}

BOOST_AUTO_TEST_CASE(makes_another_trial_after_one_that_was_not_posted) {
  for (const char* key : {"a", "b", "c"})
    add(key);
  next();
  three_fail("a", "b", "c");
  now += 10'000;
  BOOST_TEST(next() == "send a");
  rules.ended("a", reply::put_off, now);
  BOOST_TEST(next() == "send b");
  rules.ended("b", reply::taken, now);
  BOOST_TEST(next() == "send c, forget b");
}

BOOST_AUTO_TEST_CASE(tries_all_at_once_when_an_operator_says_that_the_target_is_well) {
  for (const char* key : {"a", "b", "c"})
    add(key);
  add("x", "https://other.example.com/");
  next();
  rules.ended("x", reply::failed, now);
  three_fail("a", "b", "c");
  now += 1'000;
  rules.reset("nobody.example.com:443", now);
  BOOST_TEST(next() == "");
  rules.reset("hooks.example.com:443", now);
  BOOST_TEST(wait() == 0);
  BOOST_TEST(next() == "send a, send b");
  BOOST_TEST(rules.breakers().size() == 1U); // of the other one
  rules.ended("a", reply::failed, now);
  BOOST_TEST(next() == "send c, remember a 2 +60000"); // attempts are counted on
}

BOOST_AUTO_TEST_CASE(shows_some_breakers_of_targets_that_fail_the_open_ones_first) {
  add("well", "https://a.example.com/");
  for (const char* key : {"b1", "c1", "d1", "d2", "d3"})
    add(key, std::string{"https://"} + key[0] + ".example.com/");
  next();
  rules.ended("b1", reply::failed, now);
  rules.ended("c1", reply::failed, now);
  rules.ended("d1", reply::failed, now);
  rules.ended("d2", reply::failed, now);
  next();
  rules.ended("d3", reply::failed, now);
  std::string names;
  for (const auto& it : rules.breakers(2))
    names += it.target + " " + std::to_string(it.failures) + " ";
  BOOST_TEST(names == "d.example.com:443 3 b.example.com:443 1 ");
  BOOST_TEST(rules.breakers().size() == 3U);
}

BOOST_AUTO_TEST_CASE(names_a_target_by_host_and_port) {
  BOOST_TEST(courier::target_of("https://Hooks.example.com/a?b") == "hooks.example.com:443");
  BOOST_TEST(courier::target_of("http://u:p@h:8080#x") == "h:8080");
  BOOST_TEST(courier::target_of("http://[::1]/") == "[::1]:80");
  BOOST_TEST(courier::target_of("http://[::1]:9/") == "[::1]:9");
}

BOOST_AUTO_TEST_SUITE_END()
