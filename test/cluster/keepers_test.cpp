#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace {

using namespace vdoc::dispatch;

/// Hosts with one heavy slot each, some of which have done tasks already: fragment 3 is kept under
/// "k3".
struct a_new_leader {
  slot_rules rules;
  std::int64_t now = 0;

  static std::string words(const effects& all) {
    std::string out;
    for (const auto& each : all)
      if (const auto* given = std::get_if<slot_given>(&each))
        out += (out.empty() ? "" : " ") + given->task + "@" + given->host;
    return out;
  }
  std::string up(const std::string& host, const std::vector<std::string>& offers = {}) {
    return words(rules.host_up(host, {}, {host, offers}));
  }
  static task fragment(std::uint32_t index, const std::string& job = "j") {
    task it;
    it.id = job + std::to_string(index);
    it.job = job;
    it.index = index;
    it.kept = "k" + std::to_string(index);
    it.cost.work = "h264";
    it.cost.units = 1'000;
    return it;
  }
  std::string want(const task& what) { return words(rules.want(what)); }
  /// Fragments 0 to 5.
  void want_all_of_a_job_that_was_taken_over() {
    for (std::uint32_t i = 0; i < 6; ++i) {
      auto each = fragment(i);
      each.maybe_elsewhere = true;
      BOOST_TEST(want(each) == "");
    }
  }
  std::string pass(std::int64_t ms) {
    rules.it_is(now += ms);
    return words(rules.go_on());
  }
  std::string finish(const std::string& id, std::int64_t after_ms = 0) {
    rules.it_is(now += after_ms);
    return words(rules.finish(id));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_hosts_have_done_already, a_new_leader)

BOOST_AUTO_TEST_CASE(goes_to_them_before_what_comes_first) {
  for (std::uint32_t i = 0; i < 5; ++i)
    BOOST_TEST(want(fragment(i)) == "");
  BOOST_TEST(up("a", {"gpu", "kept:k3", "kept:k2"}) == "j2@a");
  BOOST_TEST(up("b") == "j0@b");
  BOOST_TEST(finish("j2") == "j3@a");
  BOOST_TEST(finish("j3") == "j1@a");
}

BOOST_AUTO_TEST_CASE(goes_to_them_also_when_it_comes_later_and_others_are_better) {
  BOOST_TEST(up("b") == "");
  BOOST_TEST(up("a", {"kept:k1"}) == "");
  BOOST_TEST(want(fragment(0)) == "j0@b");
  finish("j0");
  auto near = fragment(1);
  near.near = "b";
  near.affinity = "run";
  BOOST_TEST(want(near) == "j1@a");
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_while_they_have_no_room) {
  BOOST_TEST(up("a", {"kept:k1"}) == "");
  auto other = fragment(7, "other");
  BOOST_TEST(want(other) == "other7@a");
  BOOST_TEST(want(fragment(1)) == "");
  BOOST_TEST(up("b") == "j1@b");
}

BOOST_AUTO_TEST_CASE(does_not_change_whose_turn_it_is) {
  auto urgent = fragment(9, "live");
  urgent.haste = urgency::live;
  want(fragment(1));
  want(urgent);
  BOOST_TEST(up("a", {"kept:k1"}) == "live9@a");
  BOOST_TEST(finish("live9") == "j1@a");
}

BOOST_AUTO_TEST_CASE(is_not_given_to_who_lacks_what_it_needs_or_where_it_failed) {
  auto needy = fragment(1);
  needy.needs = {"gpu"};
  want(needy);
  BOOST_TEST(up("a", {"kept:k1"}) == "");
  auto burnt = fragment(2);
  burnt.avoid = "c";
  BOOST_TEST(up("b", {"gpu"}) == "j1@b");
  BOOST_TEST(up("c", {"kept:k2"}) == "");
  BOOST_TEST(want(burnt) == "j2@a");
}

BOOST_AUTO_TEST_CASE(is_forgotten_with_the_host) {
  up("a", {"kept:k1"});
  rules.host_down("a", {host_end::lost, ""});
  BOOST_TEST(up("a") == "");
  BOOST_TEST(want(fragment(0)) == "j0@a");
  want(fragment(1));
  want(fragment(2));
  BOOST_TEST(up("b", {"kept:k2"}) == "j2@b");
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_another_one_has_begun_it) {
  up("b");
  up("a", {"kept:k1"});
  BOOST_TEST(want(fragment(0, "x")) == "x0@b");
  BOOST_TEST(want(fragment(0, "y")) == "y0@a");
  want(fragment(1));
  BOOST_TEST(finish("x0") == "j1@b");
  finish("j1");
  finish("y0");
  BOOST_TEST(want(fragment(1)) == "j1@b"); // once more
}

BOOST_AUTO_TEST_CASE(is_left_to_those_who_may_yet_come_and_the_end_of_a_job_is_done_first) {
  want_all_of_a_job_that_was_taken_over();
  BOOST_TEST(up("own") == "");
  BOOST_TEST(pass(100) == "j5@own");
  BOOST_TEST(up("a", {"kept:k1"}) == "j1@a");
  BOOST_TEST(finish("j5", 900) == "j4@own");
  BOOST_TEST(finish("j1") == "j3@a");
  BOOST_TEST(finish("j4", 1'000) == "j0@own"); // nobody has come with it within two seconds
  BOOST_TEST(finish("j3") == "j2@a");
}

BOOST_AUTO_TEST_CASE(is_had_by_who_waits_for_it_before_he_has_something_else_to_do) {
  BOOST_TEST(up("own", {"kept:k2"}) == "");
  want_all_of_a_job_that_was_taken_over();
  BOOST_TEST(rules.wake_in_ms().value_or(-1) == 100);
  BOOST_TEST(pass(99) == "");
  BOOST_TEST(pass(1) == "j2@own");
  BOOST_TEST(finish("j2") == "j5@own");
}

BOOST_AUTO_TEST_CASE(
    holds_nothing_up_for_long_nor_what_is_not_heavy_nor_when_more_is_wanted_later) {
  auto light = fragment(9, "light");
  light.kind = stage::package;
  BOOST_TEST(up("own") == "");
  want_all_of_a_job_that_was_taken_over();
  BOOST_TEST(want(light) == "light9@own");
  BOOST_TEST(pass(100) == "j5@own");
  for (std::uint32_t i = 0; i < 5; ++i)
    finish("j" + std::to_string(i));
  auto another = fragment(6, "k");
  another.maybe_elsewhere = true; // of a job that was taken over a little later
  BOOST_TEST(want(another) == "");
  BOOST_TEST(finish("j5", 50) == "k6@own");
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_when_there_is_nothing_else_to_do) {
  auto only = fragment(0);
  only.maybe_elsewhere = true;
  want(only);
  BOOST_TEST(up("own") == "");
  BOOST_TEST(pass(100) == "j0@own");
}

BOOST_AUTO_TEST_CASE(is_no_word_that_work_may_need) {
  up("a", {"kept:k1"});
  auto needy = fragment(5);
  needy.needs = {"kept:k1"};
  BOOST_TEST(want(needy) == "");
  BOOST_TEST(!rules.may_run_elsewhere(needy));
}

BOOST_AUTO_TEST_CASE(says_nothing_of_what_work_costs) {
  up("a", {"kept:k3", "kept:k4", "kept:k5", "kept:k6"});
  const auto do_some = [&](std::uint32_t first, std::uint32_t last, std::int64_t took_ms) {
    for (auto i = first; i <= last; ++i) {
      want(fragment(i));
      finish("j" + std::to_string(i), took_ms);
    }
    return rules.costs().expect("h264", "a", 1'000).value_or(0);
  };
  BOOST_TEST(do_some(0, 2, 2'000) == 2'000);
  BOOST_TEST(do_some(3, 6, 5) == 2'000);
  BOOST_TEST(do_some(7, 10, 5) == 5); // as if it had been made so fast
}

BOOST_AUTO_TEST_SUITE_END()
