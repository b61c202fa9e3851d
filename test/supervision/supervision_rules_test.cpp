#include "actors/supervision/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace std::chrono_literals;
using namespace vdoc::supervision;

/// Three children a, b, c. Effects are written as words: "start:a", "end:b", "kill:b",
/// "wake:100ms", "finish:why", "fail:why".
struct three_children {
  time_point now{1000s};
  std::uint64_t last_ticket = 0;

  rules make(strategy how) {
    const restart_budget budget{2, 30s, 100ms, 1s, 30s, 0};
    std::vector<child_terms> children(3);
    for (std::size_t i = 0; i < 3; ++i)
      children[i].name = std::string(1, "abc"[i]);
    children[2].policy = restart::transient;
    return {how, budget, std::move(children), 1};
  }

  std::string words(const effects& all) {
    std::ostringstream out;
    for (const auto& each : all) {
      out << (out.tellp() > 0 ? " " : "");
      if (const auto* s = std::get_if<start_child>(&each))
        out << "start:"
            << "abc"[s->which];
      if (const auto* e = std::get_if<end_child>(&each))
        out << (e->by_force ? "kill:" : "end:") << "abc"[e->which];
      if (const auto* w = std::get_if<wake_me>(&each)) {
        out << "wake:" << w->after / 1ms << "ms";
        last_ticket = w->ticket;
      }
      if (const auto* f = std::get_if<finish>(&each))
        out << (f->failed ? "fail:" : "finish:") << f->why;
    }
    return out.str();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision_rules, three_children)

BOOST_AUTO_TEST_CASE(start_children_left_to_right) {
  auto it = make(strategy::one_for_one);
  BOOST_TEST(words(it.begin(now)) == "start:a start:b start:c");
}

BOOST_AUTO_TEST_CASE(bring_back_only_the_one_that_crashed) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  BOOST_TEST(words(it.ended(1, true, "boom", now)) == "wake:100ms");
  BOOST_TEST(!it.up(1));
  BOOST_TEST(words(it.woke(last_ticket, now + 100ms)) == "start:b");
  BOOST_TEST(it.restarts(1) == 1u);
  BOOST_TEST(it.restarts(0) == 0u);
  BOOST_TEST(it.last_cause(1) == "boom");
}

BOOST_AUTO_TEST_CASE(end_children_right_to_left_one_after_the_other) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  BOOST_TEST(words(it.stop("asked")) == "end:c wake:3000ms");
  BOOST_TEST(words(it.ended(2, false, "", now)) == "end:b wake:3000ms");
  BOOST_TEST(words(it.ended(1, false, "", now)) == "end:a wake:3000ms");
  BOOST_TEST(words(it.ended(0, false, "", now)) == "finish:asked");
}

BOOST_AUTO_TEST_CASE(kill_a_child_that_does_not_end_and_then_leave_it_behind) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  words(it.stop("asked"));
  BOOST_TEST(words(it.woke(last_ticket, now)) == "kill:c wake:3000ms");
  BOOST_TEST(words(it.woke(last_ticket, now)) == "end:b wake:3000ms");
  // A late end of the one left behind says nothing about the one that is being ended now.
  BOOST_TEST(words(it.ended(2, true, "", now)) == "");
}

BOOST_AUTO_TEST_CASE(do_not_skip_a_child_when_another_one_ends_while_it_is_being_ended) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  words(it.stop("asked"));
  BOOST_TEST(words(it.ended(0, true, "boom", now)) == "");
  BOOST_TEST(words(it.ended(2, false, "", now)) == "end:b wake:3000ms");
  BOOST_TEST(words(it.ended(1, false, "", now)) == "finish:asked");
}

BOOST_AUTO_TEST_CASE(restart_a_crash_group_once_all_are_down) {
  auto it = make(strategy::all_for_one);
  it.begin(now);
  BOOST_TEST(words(it.ended(0, true, "boom", now)) == "end:c wake:3000ms");
  BOOST_TEST(words(it.ended(2, false, "", now)) == "end:b wake:3000ms");
  BOOST_TEST(words(it.ended(1, false, "", now)) == "wake:100ms");
  BOOST_TEST(words(it.woke(last_ticket, now)) == "start:a start:b start:c");
  BOOST_TEST(it.restarts(2) == 1u);
}

BOOST_AUTO_TEST_CASE(hand_a_spent_budget_upwards_after_ending_the_others) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  for (int i = 0; i < 2; ++i) {
    words(it.ended(1, true, "boom", now));
    words(it.woke(last_ticket, now));
  }
  BOOST_TEST(words(it.ended(1, true, "boom", now)) == "end:c wake:3000ms");
  words(it.ended(2, false, "", now));
  BOOST_TEST(words(it.ended(0, false, "", now)) == "fail:b crashed too often: boom");
}

BOOST_AUTO_TEST_CASE(judge_a_child_by_its_own_budget_when_it_has_one) {
  child_terms strict;
  strict.name = "a";
  strict.budget = restart_budget{};
  strict.budget->intensity = 0;
  rules it{strategy::one_for_one, {}, {strict}, 1};
  it.begin(now);
  BOOST_TEST(words(it.ended(0, true, "boom", now)) == "fail:a crashed too often: boom");
}

BOOST_AUTO_TEST_CASE(let_a_transient_child_of_a_crash_group_end_in_good_order) {
  auto it = make(strategy::all_for_one);
  it.begin(now);
  BOOST_TEST(words(it.ended(2, false, "", now)) == "");
  BOOST_TEST(words(it.ended(0, false, "", now)) == "end:b wake:3000ms");
}

BOOST_AUTO_TEST_CASE(stop_instead_of_starting_again_what_is_waiting_for_its_delay) {
  auto it = make(strategy::one_for_one);
  it.begin(now);
  words(it.ended(2, true, "boom", now));
  const auto restart_of_c = last_ticket;
  BOOST_TEST(words(it.stop("asked")) == "end:b wake:3000ms");
  BOOST_TEST(words(it.woke(restart_of_c, now)) == "");
}

BOOST_AUTO_TEST_CASE(stop_while_a_crash_group_is_on_its_way_down) {
  auto it = make(strategy::all_for_one);
  it.begin(now);
  words(it.ended(0, true, "boom", now));
  BOOST_TEST(words(it.stop("asked")) == "");
  words(it.ended(2, false, "", now));
  BOOST_TEST(words(it.ended(1, false, "", now)) == "finish:asked");
}

BOOST_AUTO_TEST_CASE(stop_a_crash_group_that_waits_for_its_delay) {
  auto it = make(strategy::all_for_one);
  it.begin(now);
  words(it.ended(0, true, "boom", now));
  words(it.ended(2, false, "", now));
  words(it.ended(1, false, "", now));
  BOOST_TEST(words(it.stop("asked")) == "finish:asked");
  BOOST_TEST(words(it.woke(last_ticket, now)) == "");
}

BOOST_AUTO_TEST_SUITE_END()
