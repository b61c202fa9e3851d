#include "cluster/membership/member_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace vdoc::membership;

/// What follows, in words: "a+1" admitted, "a-1 crashed" lost, "a:up" changed, "a?" refused, "a*"
/// its orders are to be written.
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
      else if (const auto* over = std::get_if<orders_over>(&each))
        said += over->node + "*";
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
  std::string cordon(const std::string& node, const std::string& why) {
    auto all = rules.orders_of(node);
    all.cordon = node_order{why, "ann", 1, {}};
    return words(rules.order(node, all, now));
  }
  std::string drain(const std::string& node, const std::string& incarnation,
                    const std::string& reason) {
    auto all = rules.orders_of(node);
    all.drain = node_order{reason, "ann", 1, incarnation};
    return words(rules.order(node, all, now));
  }
  std::string quarantine(const std::string& node, const std::string& reason) {
    auto all = rules.orders_of(node);
    all.quarantine = node_order{reason, "", 1, {}};
    return words(rules.order(node, all, now));
  }
  std::string let_free(const std::string& node) { return words(rules.order(node, {}, now)); }
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
  BOOST_TEST(cordon("a", "new disk") == "a:cordoned");
  BOOST_TEST(reason("a") == "new disk");
  BOOST_TEST(rules.is_current("a", 1));
  BOOST_TEST(words(rules.connection_broke("a", "1", now)) == "a-1 crashed, a:down");
  BOOST_TEST(come("a", "2") == "a:cordoned, a+2");
  BOOST_TEST(!rules.takes_work("a"));
  BOOST_TEST(let_free("a") == "a:up");
  BOOST_TEST(reason("a") == "");
}

BOOST_AUTO_TEST_CASE(cordon_a_node_before_it_comes) {
  BOOST_TEST(cordon("a", "not yet") == "");
  BOOST_TEST(state("a") == "down");
  BOOST_TEST(come("a") == "a:cordoned, a+1");
}

BOOST_AUTO_TEST_CASE(let_a_drained_node_go_and_its_next_process_work) {
  come("a");
  BOOST_TEST(drain("a", "1", "upgrade") == "a:draining");
  BOOST_TEST(!rules.takes_work("a"));
  BOOST_TEST(words(rules.leaves("a", "1", now)) == "a-1 left, a:down");
  BOOST_TEST(reason("a") == "it has left");
  BOOST_TEST(come("a", "2") == "a*, a:up, a+2");
  BOOST_TEST(rules.orders_of("a").none());
}

BOOST_AUTO_TEST_CASE(keep_the_cordon_of_a_node_that_is_drained_or_stops_by_itself) {
  come("a");
  cordon("a", "new disk");
  BOOST_TEST(drain("a", "1", "upgrade") == "a:draining");
  words(rules.leaves("a", "1", now));
  BOOST_TEST(come("a", "2") == "a*, a:cordoned, a+2");
  BOOST_TEST(words(rules.goes("a", "1", "of the process before", now)) == "");
  BOOST_TEST(words(rules.goes("a", "2", "it is being stopped", now)) == "a:draining");
  BOOST_TEST(reason("a") == "it is being stopped");
  words(rules.leaves("a", "2", now));
  BOOST_TEST(come("a", "3") == "a:cordoned, a+3");
  BOOST_TEST(reason("a") == "new disk");
}

BOOST_AUTO_TEST_CASE(drain_the_same_process_for_the_next_leader_and_no_other_one) {
  drain("a", "1", "upgrade"); // as it was read, before anybody has come
  drain("b", "1", "upgrade");
  BOOST_TEST(come("a", "1") == "a:draining, a+1");
  BOOST_TEST(rules.orders_of("a").drain.has_value());
  BOOST_TEST(come("b", "2") == "b*, b:up, b+2");
  BOOST_TEST(rules.orders().size() == 1u);
}

BOOST_AUTO_TEST_CASE(end_the_drain_of_a_node_that_never_joins_when_its_next_process_is_there) {
  drain("c", "1", "upgrade");
  BOOST_TEST(words(rules.is_elsewhere("c", "1")) == "");
  BOOST_TEST(words(rules.is_elsewhere("c", "2")) == "c*");
  BOOST_TEST(words(rules.is_elsewhere("c", "2")) == "");
  BOOST_TEST(words(rules.is_elsewhere("nobody", "2")) == "");
}

BOOST_AUTO_TEST_CASE(name_the_nodes_that_get_nothing_new) {
  for (const auto* node : {"a", "b", "c", "d"})
    come(node);
  BOOST_TEST(rules.closed().empty());
  cordon("b", "x");
  cordon("e", "not here yet");
  words(rules.goes("c", "1", "it is being stopped", now));
  now += 1'000;
  hear("a"), hear("b"), hear("c");
  pass(1'500); // d is silent
  BOOST_TEST((rules.closed() == std::vector<std::string>{"b", "c", "d", "e"}));
  words(rules.leaves("c", "1", now));
  let_free("b");
  hear("d");
  BOOST_TEST((rules.closed() == std::vector<std::string>{"e"}));
}

BOOST_AUTO_TEST_CASE(keep_a_node_in_quarantine_with_its_reason_until_somebody_lets_it_free) {
  come("a");
  BOOST_TEST(quarantine("a", "7 of 9 fragments failed here") == "a:quarantined");
  pass(2'000); // silent for a while
  BOOST_TEST(state("a") == "quarantined");
  hear("a");
  words(rules.connection_broke("a", "1", now));
  come("a", "2");
  BOOST_TEST(state("a") == "quarantined");
  BOOST_TEST(reason("a") == "7 of 9 fragments failed here");
  BOOST_TEST(!rules.takes_work("a"));
  let_free("a");
  BOOST_TEST(rules.takes_work("a"));
}

BOOST_AUTO_TEST_CASE(say_since_when_a_node_is_what_it_is) {
  come("a");
  const auto begun = now;
  now += 500;
  hear("a");
  BOOST_TEST(rules.find("a")->since_ms == begun);
  now += 300;
  cordon("a", "x");
  BOOST_TEST(rules.find("a")->since_ms == now);
}

BOOST_AUTO_TEST_CASE(forget_nodes_that_are_long_gone_and_no_order_of_an_operator) {
  come("a");
  come("b");
  quarantine("b", "bad memory");
  pass(5'000);
  BOOST_TEST(rules.wake_at_ms().value_or(0) == now + 86'400'000);
  pass(86'400'000);
  BOOST_TEST(state("a") == "unknown");
  BOOST_TEST(state("b") == "down");
  BOOST_TEST(come("b", "2") == "b:quarantined, b+3");
  BOOST_TEST(rules.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(give_no_admission_that_another_leader_has_given) {
  member_rules first{{2, 4}, {}, first_admission(6)};
  member_rules next{{2, 4}, {}, first_admission(7)};
  const auto admission_by = [&](member_rules& leader) {
    return std::get<admitted>(leader.announced({"a", "1", "1.0", {2, 4}, {}}, now).back())
        .admission;
  };
  const auto before = admission_by(first);
  BOOST_TEST(before == (std::uint64_t{6} << 32) + 1);
  BOOST_TEST(admission_by(next) == (std::uint64_t{7} << 32) + 1);
  BOOST_TEST(!next.is_current("a", before)); // the same process, the same stay, another leader
}

BOOST_AUTO_TEST_CASE(wake_nobody_when_there_is_nobody) {
  BOOST_TEST(!rules.wake_at_ms().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
