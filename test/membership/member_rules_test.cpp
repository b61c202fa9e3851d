#include "cluster/membership/member_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace vdoc::membership;

/// What follows, in words: "a+1" admitted, "a-1 crashed" lost, "a:up" changed, "a?" refused.
struct a_leader {
  member_rules rules{{2, 4}, {}};
  std::int64_t now = 100'000;
  std::string why; ///< of the last refusal

  std::string words(const member_effects& all) {
    constexpr std::array<const char*, 4> losses{"crashed", "silent", "left", "replaced"};
    std::string said;
    for (const auto& each : all) {
      said += said.empty() ? "" : ", ";
      if (const auto* in = std::get_if<admitted>(&each))
        said += in->node + "+" + std::to_string(in->admission);
      else if (const auto* out = std::get_if<lost>(&each))
        said += out->node + "-" + std::to_string(out->admission) + " " +
                losses.at(static_cast<std::size_t>(out->how));
      else if (const auto* state = std::get_if<changed>(&each))
        said += state->node + ":" + to_string(state->to);
      else {
        said += std::get<refused>(each).node + "?";
        why = std::get<refused>(each).why;
      }
    }
    return said;
  }
  std::string come(const std::string& node, const std::string& incarnation = "1",
                   protocol_range speaks = {2, 4}) {
    return words(rules.announced({node, incarnation, "1.0", speaks, {}}, now));
  }
  std::string hear(const std::string& node, const std::string& incarnation = "1") {
    return words(rules.heard(node, incarnation, now));
  }
  std::string pass(std::int64_t ms) { return words(rules.tick(now += ms)); }
  [[nodiscard]] std::string state(const std::string& node) const {
    const auto* it = rules.find(node);
    return it == nullptr ? "unknown" : to_string(it->state);
  }
  [[nodiscard]] std::string reason(const std::string& node) const {
    return rules.find(node)->reason;
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_rules_of_membership, a_leader)

BOOST_AUTO_TEST_CASE(let_a_node_in_that_speaks_a_version_of_ours) {
  BOOST_TEST(come("a") == "a:up, a+1");
  BOOST_TEST(rules.takes_work("a"));
  BOOST_TEST(rules.find("a")->protocol == 4u);
  BOOST_TEST(rules.find("a")->since_ms == now);
  BOOST_TEST(!rules.takes_work("b"));
}

BOOST_AUTO_TEST_CASE(agree_on_the_newest_version_that_both_speak) {
  const auto with = [&](protocol_range speaks) {
    return agree({2, 4}, {"a", "1", "1.0", speaks, {}}).protocol;
  };
  BOOST_TEST(with({1, 2}) == 2u);
  BOOST_TEST(with({3, 3}) == 3u);
  BOOST_TEST(with({4, 9}) == 4u);
  BOOST_TEST(with({1, 9}) == 4u);
  BOOST_TEST(with({1, 1}) == 0u);
  BOOST_TEST(with({5, 6}) == 0u);
  BOOST_TEST(with({4, 2}) == 0u); // nonsense
}

BOOST_AUTO_TEST_CASE(say_why_a_node_stays_out_and_who_is_to_be_upgraded) {
  BOOST_TEST(come("old", "1", {1, 1}) == "old:joining, old?");
  BOOST_TEST(why == "old (video-doc 1.0) speaks version 1 of the protocol, this cluster versions 2 "
                    "to 4: upgrade old");
  BOOST_TEST(reason("old") == why);
  BOOST_TEST(!rules.takes_work("old"));
  come("new", "1", {5, 6});
  BOOST_TEST(has(why, "versions 5 to 6"));
  BOOST_TEST(has(why, "upgrade the cluster first"));
  BOOST_TEST(come("old", "2", {2, 2}) == "old:up, old+1"); // after its upgrade
  BOOST_TEST(reason("old") == "");
}

BOOST_AUTO_TEST_CASE(know_a_crash_at_once_by_the_connection) {
  come("a");
  now += 10;
  BOOST_TEST(words(rules.connection_broke("a", "1", now)) == "a-1 crashed, a:down");
  BOOST_TEST(reason("a") == "its connection broke");
  BOOST_TEST(words(rules.connection_broke("a", "1", now)) == "");
}

BOOST_AUTO_TEST_CASE(suspect_a_silent_node_after_two_seconds_and_give_it_up_within_five) {
  come("a");
  BOOST_TEST(rules.wake_at_ms().value_or(0) == now + 2'000);
  BOOST_TEST(pass(1'999) == "");
  BOOST_TEST(pass(1) == "a:suspect");
  BOOST_TEST(!rules.takes_work("a"));
  BOOST_TEST(rules.is_current("a", 1)); // what it still finishes counts
  BOOST_TEST(rules.wake_at_ms().value_or(0) == now + 2'500);
  BOOST_TEST(pass(2'499) == "");
  BOOST_TEST(pass(1) == "a-1 silent, a:down");
  BOOST_TEST(has(reason("a"), "4.5 s"));
  BOOST_TEST(has(reason("a"), "hangs, or the way to it is cut"));
  BOOST_TEST(!rules.is_current("a", 1));
}

BOOST_AUTO_TEST_CASE(trust_a_suspect_again_when_it_is_heard) {
  come("a");
  pass(2'000);
  BOOST_TEST(hear("a") == "a:up");
  BOOST_TEST(rules.takes_work("a"));
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(pass(1'900) == "");
    hear("a");
  }
}

BOOST_AUTO_TEST_CASE(let_a_node_in_again_that_was_cut_off_and_take_its_old_results_no_more) {
  come("a");
  pass(5'000);
  BOOST_TEST(hear("a") == ""); // it has to announce itself
  BOOST_TEST(state("a") == "down");
  BOOST_TEST(come("a") == "a:up, a+2"); // the same process
  BOOST_TEST(!rules.is_current("a", 1));
  BOOST_TEST(rules.is_current("a", 2));
  BOOST_TEST(!rules.is_current("a", 0));
}

BOOST_AUTO_TEST_CASE(answer_an_announcement_said_twice_with_the_same_admission) {
  come("a");
  come("b");
  BOOST_TEST(come("a") == "a+1");
}

BOOST_AUTO_TEST_CASE(let_one_process_have_a_name_and_tell_the_other_what_to_do) {
  come("a", "1");
  now += 1'000;
  BOOST_TEST(come("a", "2") == "a?");
  BOOST_TEST(has(why, "another process is called a and answers"));
  BOOST_TEST(rules.is_current("a", 1));
  pass(1'000); // nothing more is heard of the first
  BOOST_TEST(come("a", "2") == "a-1 replaced, a:down, a:up, a+2");
  BOOST_TEST(words(rules.heard("a", "1", now)) == "");
  BOOST_TEST(words(rules.connection_broke("a", "1", now)) == ""); // of the first one
  BOOST_TEST(rules.is_current("a", 2));
}

BOOST_AUTO_TEST_CASE(let_a_restarted_process_in_at_once_when_the_old_connection_broke) {
  come("a", "1");
  words(rules.connection_broke("a", "1", now));
  BOOST_TEST(come("a", "2") == "a:up, a+2");
}

BOOST_AUTO_TEST_CASE(give_a_cordoned_node_nothing_new_whatever_becomes_of_its_process) {
  come("a");
  BOOST_TEST(words(rules.cordon("a", "new disk", now)) == "a:cordoned");
  BOOST_TEST(reason("a") == "new disk");
  BOOST_TEST(rules.is_current("a", 1));
  BOOST_TEST(words(rules.connection_broke("a", "1", now)) == "a-1 crashed, a:down");
  BOOST_TEST(come("a", "2") == "a:cordoned, a+2");
  BOOST_TEST(!rules.takes_work("a"));
  BOOST_TEST(words(rules.let_free("a", now)) == "a:up");
  BOOST_TEST(reason("a") == "");
}

BOOST_AUTO_TEST_CASE(cordon_a_node_before_it_comes) {
  BOOST_TEST(words(rules.cordon("a", "not yet", now)) == "");
  BOOST_TEST(state("a") == "down");
  BOOST_TEST(come("a") == "a:cordoned, a+1");
}

BOOST_AUTO_TEST_CASE(let_a_drained_node_go_and_its_next_process_work) {
  come("a");
  BOOST_TEST(words(rules.drain("a", "upgrade", now)) == "a:draining");
  BOOST_TEST(!rules.takes_work("a"));
  BOOST_TEST(words(rules.leaves("a", "1", now)) == "a-1 left, a:down");
  BOOST_TEST(reason("a") == "it has left");
  BOOST_TEST(come("a", "2") == "a:up, a+2");
}

BOOST_AUTO_TEST_CASE(keep_a_node_in_quarantine_with_its_reason_until_somebody_lets_it_free) {
  come("a");
  BOOST_TEST(words(rules.quarantine("a", "7 of 9 fragments failed here", now)) == "a:quarantined");
  pass(2'000); // silent for a while
  BOOST_TEST(state("a") == "quarantined");
  hear("a");
  words(rules.connection_broke("a", "1", now));
  come("a", "2");
  BOOST_TEST(state("a") == "quarantined");
  BOOST_TEST(reason("a") == "7 of 9 fragments failed here");
  BOOST_TEST(!rules.takes_work("a"));
  words(rules.let_free("a", now));
  BOOST_TEST(rules.takes_work("a"));
}

BOOST_AUTO_TEST_CASE(say_since_when_a_node_is_what_it_is) {
  come("a");
  const auto begun = now;
  now += 500;
  hear("a");
  BOOST_TEST(rules.find("a")->since_ms == begun);
  now += 300;
  rules.cordon("a", "x", now);
  BOOST_TEST(rules.find("a")->since_ms == now);
}

BOOST_AUTO_TEST_CASE(forget_nodes_that_are_long_gone_and_no_order_of_an_operator) {
  come("a");
  come("b");
  rules.quarantine("b", "bad memory", now);
  pass(5'000);
  BOOST_TEST(rules.wake_at_ms().value_or(0) == now + 86'400'000);
  pass(86'400'000);
  BOOST_TEST(state("a") == "unknown");
  BOOST_TEST(state("b") == "down");
  BOOST_TEST(come("b", "2") == "b:quarantined, b+3");
  BOOST_TEST(rules.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(count_admissions_on_from_those_of_the_leader_before) {
  member_rules next{{2, 4}, {}, std::uint64_t{7} << 32};
  const auto effects = next.announced({"a", "1", "1.0", {2, 4}, {}}, now);
  BOOST_TEST(std::get<admitted>(effects.back()).admission == (std::uint64_t{7} << 32) + 1);
}

BOOST_AUTO_TEST_CASE(wake_nobody_when_there_is_nobody) {
  BOOST_TEST(!rules.wake_at_ms().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
