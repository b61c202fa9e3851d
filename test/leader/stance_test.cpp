#include "actors/leader/stance.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::leader;

/// A node whose lease comes and goes as the case says. What follows, in words: "mark 3", "wait",
/// "begin 3", "kill".
struct a_node {
  stance rules;
  stance::time_point now{1h};

  static std::string words(const stance_effects& all) {
    std::string said;
    for (const auto& each : all) {
      said += said.empty() ? "" : ", ";
      if (const auto* mark = std::get_if<mark_folder>(&each))
        said += "mark " + std::to_string(mark->epoch);
      else if (const auto* begins = std::get_if<begin_work>(&each))
        said += "begin " + std::to_string(begins->epoch);
      else
        said += std::holds_alternative<look_for_death>(each) ? "wait" : "kill";
    }
    return said;
  }
  std::string leads(std::uint64_t epoch, bool is_free) {
    return words(rules.leads(epoch, {"b", "", epoch - 1, 7}, is_free, now));
  }
  std::string lapses() { return words(rules.stopped({rules.epoch(), "not renewed", true})); }
  std::string follows(const std::string& whom) { return words(rules.follows(whom)); }
  std::string passes(std::chrono::milliseconds span) {
    std::string said;
    for (auto passed = 0ms; passed < span; passed += 100ms) {
      now += 100ms;
      said += words(rules.tick(now));
    }
    return said;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_work_of_a_leader, a_node)

BOOST_AUTO_TEST_CASE(begins_at_once_when_the_one_before_has_left_in_order) {
  BOOST_TEST(leads(3, true) == "mark 3, begin 3");
}

BOOST_AUTO_TEST_CASE(begins_as_soon_as_the_one_before_is_known_to_be_dead) {
  BOOST_TEST(leads(3, false) == "mark 3, wait");
  BOOST_TEST(passes(300ms) == "");
  BOOST_TEST(words(rules.is_dead()) == "begin 3");
  BOOST_TEST(words(rules.is_dead()) == "");
  BOOST_TEST(passes(10s) == "");
}

BOOST_AUTO_TEST_CASE(begins_when_media_hosts_of_one_that_hangs_have_had_the_time_to_end) {
  leads(3, false);
  BOOST_TEST(passes(4'400ms) == "");
  BOOST_TEST(passes(100ms) == "begin 3");
}

BOOST_AUTO_TEST_CASE(goes_on_while_the_lease_cannot_be_renewed_and_nobody_takes_it) {
  leads(3, true);
  BOOST_TEST(lapses() == "");
  BOOST_TEST(rules.is_unsure());
  BOOST_TEST(passes(60s) == "");
  BOOST_TEST(words(rules.folder_says(3)) == "");
  BOOST_TEST(words(rules.folder_says(0)) == ""); // it cannot be read
  BOOST_TEST(leads(3, true) == "");
  BOOST_TEST(!rules.is_unsure());
}

BOOST_AUTO_TEST_CASE(ends_when_the_ledger_shows_another_leader) {
  leads(3, true);
  lapses();
  BOOST_TEST(follows("b") == "kill");
  BOOST_TEST(follows("c") == "");
  BOOST_TEST(leads(5, true) == "mark 5, begin 5");
}

BOOST_AUTO_TEST_CASE(ends_when_the_folder_shows_another_leader_though_the_ledger_is_away) {
  leads(3, true);
  lapses();
  BOOST_TEST(words(rules.folder_says(4)) == "kill");
}

BOOST_AUTO_TEST_CASE(ends_at_once_when_a_write_was_refused_and_only_for_its_own_epoch) {
  leads(3, true);
  BOOST_TEST(words(rules.refused(2)) == "");
  BOOST_TEST(words(rules.refused(3)) == "kill");
  BOOST_TEST(words(rules.stopped({3, "stale", false})) == "");
}

BOOST_AUTO_TEST_CASE(ends_when_its_lease_is_known_to_be_lost_or_is_given_back) {
  leads(3, true);
  BOOST_TEST(words(rules.stopped({3, "somebody else has it", false})) == "kill");
}

BOOST_AUTO_TEST_CASE(ends_when_the_process_stood_still) {
  leads(3, true);
  BOOST_TEST(passes(2s) == "");
  now += 2'499ms; // as on a machine that has too much to do
  BOOST_TEST(words(rules.tick(now)) == "");
  now += 2'500ms; // SIGSTOP
  BOOST_TEST(words(rules.tick(now)) == "kill");
  BOOST_TEST(leads(4, true) == "mark 4, begin 4"); // nobody else had taken it
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_pause_in_which_nobody_can_have_begun_to_work) {
  const leader::stance_terms terms;
  // Of another node, from its last sign of us on.
  const auto begins_at_the_earliest = membership::lease_terms{}.length + terms.patience;
  const auto wakes_at_the_latest = membership::lease_terms{}.length + terms.stood_still;
  BOOST_TEST((begins_at_the_earliest - wakes_at_the_latest >= 1'500ms));
  leads(3, true);
  now += terms.stood_still - 1ms;
  BOOST_TEST(words(rules.stopped({3, "the lease was not renewed in time", true})) == "");
  BOOST_TEST(words(rules.folder_says(3)) == "");
  BOOST_TEST(leads(3, true) == ""); // it was renewed
  BOOST_TEST(words(rules.stopped({3, "the lease was not renewed in time", true})) == "");
  BOOST_TEST(words(rules.folder_says(4)) == "kill");
}

BOOST_AUTO_TEST_CASE(is_not_begun_by_who_loses_the_lease_while_waiting) {
  leads(3, false);
  BOOST_TEST(follows("c") == "");
  BOOST_TEST(passes(10s) == "");
  BOOST_TEST(words(rules.is_dead()) == "");
}

BOOST_AUTO_TEST_SUITE_END()
