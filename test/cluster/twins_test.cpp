#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace vdoc::dispatch;

/// Hosts of one heavy slot each, on a clock that the test moves. A fragment of 4 s of "1080p"
/// usually takes 10 s.
struct a_cluster_with_stragglers {
  slot_rules rules;
  std::int64_t now = 0;

  a_cluster_with_stragglers() {
    rules.double_stragglers();
    rules.restore_costs({{"1080p", "", {2.5, 2.5, 2.5}}});
  }
  static std::string words(const effects& all) {
    std::string out;
    for (const auto& each : all) {
      out += out.empty() ? "" : " ";
      if (const auto* given = std::get_if<slot_given>(&each))
        out +=
            given->task + '@' + given->host + (given->twin_of.empty() ? "" : "=" + given->twin_of);
      else
        out += std::get<slot_lost>(each).task + '!' + std::get<slot_lost>(each).host;
    }
    return out;
  }
  std::string up(const std::string& host, const std::string& node) {
    return words(rules.host_up(host, {}, {node, {}}));
  }
  std::string want(const std::string& id, const std::string& work = "1080p") {
    task it;
    it.id = id;
    it.job = id.substr(0, 1);
    it.index = static_cast<std::uint32_t>(std::stoul(id.substr(1)));
    it.cost = {work, 4'000, 0};
    return words(rules.want(it));
  }
  std::string finish(const std::string& id) { return words(rules.finish(id)); }
  std::string at(std::int64_t ms) {
    rules.it_is(now = ms);
    return words(rules.go_on());
  }
  /// What was learned of a kind of work on a node, the oldest first.
  std::vector<double> learned(const std::string& work, const std::string& node) const {
    for (const auto& line : rules.costs().lines())
      if (line.work == work && line.node == node)
        return line.last;
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_straggler, a_cluster_with_stragglers)

BOOST_AUTO_TEST_CASE(is_begun_again_once_on_another_node_that_idles) {
  BOOST_TEST(up("h1", "n1") == "");
  BOOST_TEST(want("a0") == "a0@h1");
  BOOST_TEST(up("h2", "n1") == ""); // the same machine
  BOOST_TEST(at(20'000) == "");
  BOOST_TEST(up("h3", "n2") == "");
  BOOST_TEST(at(21'000) == "a0~@h3=a0"); // it is looked at once a second
  BOOST_TEST(up("h4", "n3") == "");
  BOOST_TEST(at(500'000) == "");
  BOOST_TEST(!rules.wake_in_ms().has_value());
}

BOOST_AUTO_TEST_CASE(is_one_when_it_takes_half_as_long_again_as_usual) {
  up("h1", "n1"), want("a0"), up("h2", "n2");
  BOOST_TEST(rules.wake_in_ms().value_or(-1) == 15'000);
  BOOST_TEST(at(14'999) == "");
  BOOST_TEST(rules.wake_in_ms().value_or(-1) == 50); // soon, but not in a circle
  BOOST_TEST(at(15'000) == "a0~@h2=a0");
  BOOST_TEST(rules.granted() == 2u);
  BOOST_TEST(rules.is_twin("a0~"));
  BOOST_TEST(!rules.is_twin("a0"));
}

BOOST_AUTO_TEST_CASE(is_none_as_long_as_the_other_node_is_not_expected_to_save_two_seconds) {
  // 1 s is usual: 1.5 s are late, but it takes 3 s until beginning anew saves anything.
  rules.restore_costs({{"360p", "", {0.25, 0.25, 0.25}}});
  up("h1", "n1"), want("a0", "360p"), up("h2", "n2");
  BOOST_TEST(at(2'999) == "");
  BOOST_TEST(at(3'000) == "a0~@h2=a0");
}

BOOST_AUTO_TEST_CASE(is_left_to_a_fast_node_when_the_idle_one_is_slow) {
  rules.restore_costs({{"1080p", "slow", {7.5, 7.5, 7.5}}, {"", "slow", {3, 3, 3}}});
  up("h1", "n1"), want("a0"), up("h2", "slow");
  BOOST_TEST(at(31'000) == "");
  BOOST_TEST(up("h3", "n3") == "");
  BOOST_TEST(at(32'000) == "a0~@h3=a0");
}

BOOST_AUTO_TEST_CASE(may_run_on_a_slow_node_when_even_that_would_save_time) {
  rules.restore_costs({{"1080p", "slow", {7.5, 7.5, 7.5}}});
  up("h1", "n1"), want("a0"), up("h2", "slow");
  BOOST_TEST(at(31'999) == "");
  BOOST_TEST(at(32'000) == "a0~@h2=a0"); // 30 s there, and two to be saved
}

BOOST_AUTO_TEST_CASE(waits_for_the_work_of_others) {
  up("h1", "n1"), up("h2", "n2");
  want("a0"), want("b0"), want("b1");
  BOOST_TEST(at(20'000) == "");
  BOOST_TEST(finish("b0") == "b1@h2"); // not the twin, however late it is
  BOOST_TEST(at(25'000) == "");
  BOOST_TEST(finish("b1") == "a0~@h2=a0");
}

BOOST_AUTO_TEST_CASE(takes_no_more_than_its_stage_may_have) {
  rules.set_stage(stage::transcode, {false, 1, 0});
  up("h1", "n1"), want("a0"), up("h2", "n2");
  BOOST_TEST(at(60'000) == "");
  BOOST_TEST(words(rules.set_stage(stage::transcode, {})) == "");
  BOOST_TEST(at(61'000) == "a0~@h2=a0");
}

BOOST_AUTO_TEST_CASE(finds_no_twin_on_a_node_that_drains_or_is_closed) {
  up("h1", "n1"), want("a0");
  rules.close_nodes({"n2"});
  up("h2", "n2"), up("h3", "n3");
  rules.host_drains("h3");
  BOOST_TEST(at(60'000) == "");
  BOOST_TEST(words(rules.close_nodes({})) == "a0~@h2=a0");
}

BOOST_AUTO_TEST_CASE(is_known_as_one_when_its_like_has_ended_meanwhile) {
  up("h1", "n1"), up("h2", "n2");
  want("a0", "2160p"), want("a1", "2160p"); // nobody knows what that costs
  BOOST_TEST(at(9'000) == "");
  rules.it_is(now = 10'000);
  BOOST_TEST(finish("a1") == "");
  BOOST_TEST(rules.wake_in_ms().value_or(-1) == 1'000);
  BOOST_TEST(at(14'999) == "");
  BOOST_TEST(at(15'000) == "a0~@h2=a0");
}

BOOST_AUTO_TEST_CASE(is_known_as_one_soon_when_its_like_ended_while_it_waited) {
  up("h1", "n1");
  want("a0", "360p"), want("a1", "360p"); // nobody knows what that costs
  rules.it_is(now = 1'000);
  BOOST_TEST(finish("a0") == "a1@h1");
  up("h2", "n2");
  BOOST_TEST(at(3'999) == "");
  BOOST_TEST(at(4'000) == "a1~@h2=a1");
}

BOOST_AUTO_TEST_CASE(is_nothing_to_be_found_where_no_cost_is_ever_known) {
  up("h1", "n1"), want("a0", ""), want("a1", "unheard of"), up("h2", "n2");
  BOOST_TEST(at(3'600'000) == "");
  BOOST_TEST(rules.granted() == 2u);
}

BOOST_AUTO_TEST_CASE(that_lost_against_its_twin_shows_how_slow_its_node_is_at_least) {
  up("h1", "n1"), want("a0"), up("h2", "n2");
  BOOST_TEST(at(15'000) == "a0~@h2=a0");
  rules.it_is(now = 27'000);
  BOOST_TEST(finish("a0~") == "");
  BOOST_TEST(words(rules.withdraw({"a0"})) == "");
  BOOST_TEST(rules.granted() == 0u);
  BOOST_TEST(learned("1080p", "n2") == std::vector{3.0}, boost::test_tools::per_element());
  BOOST_TEST(learned("1080p", "n1") == std::vector{6.75}, boost::test_tools::per_element());
  BOOST_TEST(want("a1") == "a1@h1"); // both are free again
  BOOST_TEST(want("a2") == "a2@h2");
}

BOOST_AUTO_TEST_CASE(that_won_after_all_says_nothing_of_the_other_node) {
  up("h1", "n1"), want("a0"), up("h2", "n2");
  at(15'000);
  rules.it_is(now = 16'000);
  finish("a0");
  rules.withdraw({"a0~"});
  BOOST_TEST(rules.granted() == 0u);
  BOOST_TEST(learned("1080p", "n1") == std::vector{4.0}, boost::test_tools::per_element());
  BOOST_TEST(learned("1080p", "n2").empty());
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_host_of_its_twin_is_lost_and_gets_no_other) {
  up("h1", "n1"), want("a0"), up("h2", "n2");
  at(15'000);
  BOOST_TEST(words(rules.host_down("h2", {host_end::killed, "SIGKILL"})) == "a0~!h2");
  BOOST_TEST(up("h2", "n2") == "");
  BOOST_TEST(at(90'000) == "");
  BOOST_TEST(rules.host_of("a0") == "h1");
  BOOST_TEST(finish("a0") == "");
  BOOST_TEST(rules.granted() == 0u);
}

BOOST_AUTO_TEST_CASE(leaves_its_twin_behind_when_its_own_host_is_lost) {
  up("h1", "n1"), want("a0"), up("h2", "n2");
  at(15'000);
  BOOST_TEST(words(rules.host_down("h1", {host_end::crashed, "SIGSEGV"})) == "a0!h1");
  BOOST_TEST(rules.host_of("a0~") == "h2");
  up("h1", "n1");
  BOOST_TEST(at(90'000) == ""); // a twin has no twin
  BOOST_TEST(finish("a0~") == "");
  BOOST_TEST(rules.granted() == 0u);
  BOOST_TEST(rules.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(stays_alone_unless_twins_are_wanted) {
  slot_rules plain;
  plain.restore_costs({{"1080p", "", {2.5, 2.5, 2.5}}});
  plain.host_up("h1", {}, {"n1", {}});
  plain.want(
      {"a0", "a", stage::transcode, 0, 0, {}, {}, urgency::batch, {}, {}, {"1080p", 4'000, 0}});
  plain.host_up("h2", {}, {"n2", {}});
  BOOST_TEST(!plain.wake_in_ms().has_value());
  plain.it_is(60'000);
  BOOST_TEST(words(plain.go_on()) == "");
}

BOOST_AUTO_TEST_SUITE_END()
