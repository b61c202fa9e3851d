#include "cluster/membership/visitor_rules.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::membership;
using vdoc::dispatch::host_end;

/// "works a/host-1", "lost a/host-1 one hung: no answer for 3500 ms, ..."
std::string told(const visitor_effects& all) {
  std::string text;
  for (const auto& each : all) {
    if (const auto* works = std::get_if<visitor_works>(&each)) {
      text += "works " + works->name + "\n";
    } else {
      const auto& lost = std::get<visitor_lost>(each);
      text += "lost " + lost.name + " " + lost.incarnation + " " + to_string(lost.loss.how) + ": " +
              lost.loss.cause + "\n";
    }
  }
  return text;
}

struct a_leader {
  visitor_rules rules;
  bool answers = true; ///< its node
  std::int64_t now = 10'000;

  void comes(const std::string& host = "host-1", const std::string& incarnation = "one") {
    BOOST_TEST(told(rules.hello("a", host, incarnation, now)) == "");
    BOOST_TEST(told(rules.sees_our_files("a/" + host, incarnation, now)) ==
               "works a/" + host + "\n");
  }
  std::string pass(std::int64_t ms) {
    std::string text;
    for (const auto end = now + ms; now < end;) {
      now = std::min(now + 500, end);
      text += told(rules.tick(now, [this](const std::string& node) {
        BOOST_TEST(node == "a");
        return answers;
      }));
    }
    return text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_hosts_of_other_nodes, a_leader)

BOOST_AUTO_TEST_CASE(get_no_work_before_they_see_our_files) {
  rules.hello("a", "host-1", "one", now);
  BOOST_TEST(!rules.works("a/host-1"));
  BOOST_TEST(told(rules.sees_our_files("a/host-1", "another", now)) == "");
  BOOST_TEST(told(rules.sees_our_files("a/host-1", "one", now)) == "works a/host-1\n");
  BOOST_TEST(rules.works("a/host-1"));
  BOOST_TEST(told(rules.sees_our_files("a/host-1", "one", now)) == "");
}

BOOST_AUTO_TEST_CASE(are_lost_for_the_cause_that_their_node_tells) {
  comes();
  rules.connection_broke("a/host-1", "one", now);
  BOOST_TEST(pass(500) == "");
  BOOST_TEST(told(rules.ended("a/host-1", "one", {host_end::crashed, "SIGSEGV"})) ==
             "lost a/host-1 one crashed: SIGSEGV\n");
  BOOST_TEST(pass(10'000) == "");
}

BOOST_AUTO_TEST_CASE(may_be_told_to_have_ended_before_their_connection_breaks) {
  comes();
  BOOST_TEST(told(rules.ended("a/host-1", "one", {host_end::killed, "SIGKILL from outside"})) ==
             "lost a/host-1 one killed: SIGKILL from outside\n");
  rules.connection_broke("a/host-1", "one", now);
  BOOST_TEST(pass(10'000) == "");
}

BOOST_AUTO_TEST_CASE(are_lost_within_a_second_of_a_broken_connection_that_nobody_explains) {
  comes();
  rules.connection_broke("a/host-1", "one", now);
  BOOST_TEST(pass(1'000) == "lost a/host-1 one lost: the connection broke\n");
  BOOST_TEST(told(rules.ended("a/host-1", "one", {host_end::crashed, "SIGSEGV"})) == "");
}

BOOST_AUTO_TEST_CASE(hang_when_they_do_not_answer_and_their_node_does) {
  comes();
  BOOST_TEST(pass(3'000) == "");
  BOOST_TEST(pass(1'000) ==
             "lost a/host-1 one hung: no answer for 3500 ms, though its node answers\n");
}

BOOST_AUTO_TEST_CASE(are_not_blamed_for_a_cut) {
  comes();
  answers = false;
  BOOST_TEST(pass(4'500) == "");
  BOOST_TEST(told(rules.node_lost("a", "nothing was heard of it")) ==
             "lost a/host-1 one lost: nothing was heard of it\n");
}

BOOST_AUTO_TEST_CASE(are_kept_as_long_as_they_answer) {
  comes();
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(pass(1'000) == "");
    rules.answered("a/host-1", "one", now);
  }
}

BOOST_AUTO_TEST_CASE(are_not_taken_for_silent_when_it_was_us_who_stood_still) {
  comes();
  pass(500);
  now += 60'000;
  BOOST_TEST(pass(500) == "");
  BOOST_TEST(pass(3'000) == "");
  BOOST_TEST(pass(500) != "");
}

BOOST_AUTO_TEST_CASE(lose_what_their_former_process_had) {
  comes();
  BOOST_TEST(told(rules.hello("a", "host-1", "two", now)) ==
             "lost a/host-1 one lost: another process took its place\n");
  BOOST_TEST(!rules.works("a/host-1"));
  BOOST_TEST(rules.is_here("a/host-1", "two"));
  BOOST_TEST(!rules.is_here("a/host-1", "one"));
}

BOOST_AUTO_TEST_CASE(go_with_their_node_and_only_those) {
  comes("host-1");
  comes("host-2");
  rules.hello("a", "host-3", "one", now); // does not see our files: nothing is lost with it
  rules.hello("b", "host-1", "one", now);
  rules.sees_our_files("b/host-1", "one", now);
  BOOST_TEST((rules.of_node("a") == std::vector<std::string>{"a/host-1", "a/host-2", "a/host-3"}));
  BOOST_TEST(told(rules.node_lost("a", "its connection broke")) ==
             "lost a/host-1 one lost: its connection broke\n"
             "lost a/host-2 one lost: its connection broke\n");
  BOOST_TEST(rules.of_node("a").empty());
  BOOST_TEST(rules.works("b/host-1"));
}

BOOST_AUTO_TEST_CASE(may_say_hello_twice) {
  comes();
  rules.connection_broke("a/host-1", "one", now);
  BOOST_TEST(told(rules.hello("a", "host-1", "one", now)) == "");
  BOOST_TEST(pass(2'000) == "");
  BOOST_TEST(rules.works("a/host-1"));
}

BOOST_AUTO_TEST_SUITE_END()
