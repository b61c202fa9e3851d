#include "cluster/membership/lease_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::membership;
using ledger::lease;
using ledger::lease_outcome;

/// One candidate, whose questions the case answers. What it wants, in words: "look", "take 3",
/// "renew 4", "release 4", "lead 4", "stop 4", "follow b".
struct one_candidate {
  lease_rules rules{"a", {}};
  lease_rules::time_point now{1h};
  std::uint64_t number = 0;

  std::string words(const lease_effects& all) {
    std::string said;
    for (const auto& each : all) {
      said += said.empty() ? "" : ", ";
      if (const auto* look = std::get_if<look_at_lease>(&each))
        number = look->number, said += "look";
      else if (const auto* take = std::get_if<take_lease>(&each))
        number = take->number, said += "take " + std::to_string(take->seen.epoch);
      else if (const auto* renew = std::get_if<renew_lease>(&each))
        number = renew->number, said += "renew " + std::to_string(renew->epoch);
      else if (const auto* release = std::get_if<release_lease>(&each))
        number = release->number, said += "release " + std::to_string(release->epoch);
      else if (const auto* leads = std::get_if<lead>(&each))
        said += "lead " + std::to_string(leads->epoch);
      else if (const auto* stops = std::get_if<stop_leading>(&each))
        said += "stop " + std::to_string(stops->epoch);
      else
        said += "follow " + std::get<follow>(each).whom.holder;
    }
    return said;
  }
  std::string tick(std::chrono::milliseconds after = 0ms) {
    now += after;
    return words(rules.tick(now));
  }
  std::string answer(const lease& is, lease_outcome how = lease_outcome::done, double chance = 0) {
    return words(rules.answered(number, {how, is, {}}, now, chance));
  }
  std::string down() { return answer({}, lease_outcome::store_down); }
  /// Until it is the leader with epoch 1.
  void lead_at_once() {
    BOOST_REQUIRE(tick() == "look");
    answer({});
    BOOST_REQUIRE(tick() == "take 0");
    BOOST_REQUIRE(answer({"a", "", 1, 1}) == "lead 1");
  }
  /// Every 200 ms a look that shows the same.
  std::string look_for(std::chrono::milliseconds span, const lease& is) {
    std::string last;
    for (auto passed = 0ms; passed < span; passed += 200ms) {
      last = tick(200ms);
      if (last != "look")
        return last;
      answer(is);
    }
    return last;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_rules_of_a_lease, one_candidate)

BOOST_AUTO_TEST_CASE(take_what_nobody_has_at_once) {
  BOOST_TEST(tick() == "look");
  BOOST_TEST(answer({}) == "");
  BOOST_TEST(tick() == "take 0");
  BOOST_TEST(!rules.leads(now));
  BOOST_TEST(answer({"a", "", 1, 1}) == "lead 1");
  BOOST_TEST(rules.leads(now));
  BOOST_TEST(rules.epoch() == 1u);
}

BOOST_AUTO_TEST_CASE(wait_a_little_by_chance_so_that_not_all_ask_at_once) {
  tick();
  answer({}, lease_outcome::done, 0.5);
  BOOST_TEST(tick() == "");
  BOOST_TEST(tick(74ms) == "");
  BOOST_TEST(tick(1ms) == "take 0");
}

BOOST_AUTO_TEST_CASE(follow_whoever_has_it_for_as_long_as_something_happens) {
  tick();
  BOOST_TEST(answer({"b", "", 4, 9}) == "follow b");
  for (std::uint64_t beat = 10; beat < 30; ++beat)
    BOOST_TEST(look_for(1'200ms, {"b", "", 4, beat}) == "look");
}

BOOST_AUTO_TEST_CASE(take_it_when_nothing_happened_for_its_length) {
  tick();
  answer({"b", "", 4, 9});
  BOOST_TEST(look_for(1'200ms, {"b", "", 4, 9}) == "look");
  BOOST_TEST(tick(199ms) == "");
  BOOST_TEST((rules.wake_at() == now + 1ms));
  BOOST_TEST(tick(1ms) == "take 4");
  BOOST_TEST(answer({"a", "", 5, 10}) == "lead 5");
}

BOOST_AUTO_TEST_CASE(follow_the_one_who_was_quicker_and_wait_anew) {
  tick();
  answer({"b", "", 4, 9});
  look_for(1'200ms, {"b", "", 4, 9});
  BOOST_TEST(tick(200ms) == "take 4");
  BOOST_TEST(answer({"c", "", 5, 10}, lease_outcome::stale) == "follow c");
  BOOST_TEST(look_for(1'200ms, {"c", "", 5, 10}) == "look");
  BOOST_TEST(tick(200ms) == "take 5");
}

BOOST_AUTO_TEST_CASE(renew_while_they_lead) {
  lead_at_once();
  for (std::uint64_t beat = 2; beat < 20; ++beat) {
    BOOST_TEST(tick(399ms) == "");
    BOOST_TEST(tick(1ms) == "renew 1");
    BOOST_TEST(answer({"a", "", 1, beat}) == "");
    BOOST_TEST(rules.leads(now));
  }
}

BOOST_AUTO_TEST_CASE(stop_before_others_may_take_it_counted_from_before_the_question) {
  lead_at_once();
  BOOST_TEST(tick(400ms) == "renew 1");
  now += 300ms; // the database is slow
  answer({"a", "", 1, 2});
  BOOST_TEST(rules.leads(now + 899ms));
  BOOST_TEST(!rules.leads(now + 900ms)); // 1.2 s after it asked
}

BOOST_AUTO_TEST_CASE(lead_through_a_short_absence_of_the_database_and_not_through_a_long_one) {
  lead_at_once();
  BOOST_TEST(tick(400ms) == "renew 1");
  BOOST_TEST(down() == "");
  BOOST_TEST(tick(200ms) == "renew 1");
  BOOST_TEST(answer({"a", "", 1, 2}) == "");
  BOOST_TEST(rules.leads(now));
  BOOST_TEST(tick(400ms) == "renew 1");
  BOOST_TEST(down() == "");
  BOOST_TEST((rules.wake_at() <= now + 800ms));
  BOOST_TEST(tick(800ms) == "stop 1, look");
  BOOST_TEST(!rules.leads(now));
}

BOOST_AUTO_TEST_CASE(stop_at_once_when_somebody_else_has_it) {
  lead_at_once();
  tick(400ms);
  BOOST_TEST(answer({"b", "", 2, 5}, lease_outcome::stale) == "stop 1, follow b");
  BOOST_TEST(rules.epoch() == 0u);
}

BOOST_AUTO_TEST_CASE(stop_first_thing_after_the_process_was_stopped_for_a_while) {
  lead_at_once();
  now += 10s; // SIGSTOP
  BOOST_TEST(!rules.leads(now));
  BOOST_TEST(tick() == "stop 1, look");
}

BOOST_AUTO_TEST_CASE(not_lead_by_an_answer_that_came_too_late) {
  BOOST_TEST(tick() == "look");
  answer({});
  BOOST_TEST(tick() == "take 0");
  now += 1'300ms;
  BOOST_TEST(answer({"a", "", 1, 1}) == "follow a");
  BOOST_TEST(!rules.leads(now));
  BOOST_TEST(tick() == "take 1"); // its own: it need not wait
  BOOST_TEST(answer({"a", "", 2, 2}) == "lead 2");
}

BOOST_AUTO_TEST_CASE(ask_again_when_an_answer_never_comes_and_ignore_it_later) {
  BOOST_TEST(tick() == "look");
  const auto first = number;
  BOOST_TEST(tick(1'499ms) == "");
  BOOST_TEST(tick(1ms) == "look");
  BOOST_TEST(words(rules.answered(first, {lease_outcome::done, {"b", "", 1, 1}, {}}, now, 0)) ==
             "");
  BOOST_TEST(answer({"c", "", 2, 7}) == "follow c");
}

BOOST_AUTO_TEST_CASE(hand_over_at_once_when_they_resign) {
  lead_at_once();
  BOOST_TEST(words(rules.resign(now)) == "stop 1, release 1");
  BOOST_TEST(answer({"", "", 1, 2}) == "follow ");
  for (int i = 0; i < 20; ++i) { // and stand no more
    BOOST_TEST(tick(200ms) == "look");
    answer({"", "", 1, 2});
  }
  rules.stand();
  answer({"", "", 1, 2});
  BOOST_TEST(tick(200ms) == "take 1");
}

BOOST_AUTO_TEST_CASE(go_on_with_the_same_epoch_when_nobody_took_it_while_they_could_not_renew) {
  lead_at_once();
  tick(400ms);
  down(); // the database is away for a minute
  for (auto passed = 0ms; passed < 60s; passed += 200ms) {
    tick(200ms);
    down();
  }
  BOOST_TEST(rules.epoch() == 0u);
  BOOST_TEST(tick(200ms) == "look");
  BOOST_TEST(answer({"a", "", 1, 2}) == "");
  BOOST_TEST(tick() == "renew 1");
  BOOST_TEST(!rules.leads(now));
  BOOST_TEST(answer({"a", "", 1, 3}) == "lead 1");
  BOOST_TEST(rules.leads(now + 1'199ms));
}

BOOST_AUTO_TEST_CASE(lead_with_a_later_epoch_after_their_work_was_ended) {
  lead_at_once();
  rules.work_ended();
  BOOST_TEST(tick() == "stop 1");
  BOOST_TEST(!rules.leads(now));
  BOOST_TEST(tick(400ms) == "look");
  BOOST_TEST(answer({"a", "", 1, 1}) == "");
  BOOST_TEST(tick() == "take 1");
  BOOST_TEST(answer({"a", "", 2, 2}) == "lead 2");
  BOOST_TEST(tick(1'200ms) == "stop 2, look"); // not renewed; its work goes on
  rules.work_ended();
  answer({"a", "", 2, 2});
  BOOST_TEST(tick() == "take 2");
  BOOST_TEST(answer({"a", "", 3, 3}) == "lead 3");
}

BOOST_AUTO_TEST_CASE(follow_who_took_it_while_they_could_not_renew) {
  lead_at_once();
  BOOST_TEST(tick(1'200ms) == "stop 1, look");
  BOOST_TEST(answer({"b", "", 2, 5}) == "follow b");
  BOOST_TEST(look_for(1'200ms, {"b", "", 2, 5}) == "look");
  BOOST_TEST(tick(200ms) == "take 2"); // as anybody else would
}

BOOST_AUTO_TEST_CASE(give_the_holder_his_time_anew_after_the_database_was_away) {
  tick();
  answer({"b", "", 4, 9});
  look_for(1'200ms, {"b", "", 4, 9});
  tick(200ms); // it is asked for
  down();
  BOOST_TEST(tick(60s) == "look");
  answer({"b", "", 4, 9});
  BOOST_TEST(look_for(1'200ms, {"b", "", 4, 9}) == "look");
  BOOST_TEST(tick(200ms) == "take 4");
}

BOOST_AUTO_TEST_CASE(take_at_once_what_a_dead_process_of_the_same_folder_had) {
  lease_rules heir{"a2", {}, "folder 7"};
  words(heir.tick(now));
  BOOST_TEST(words(heir.answered(number, {lease_outcome::done, {"a1", "folder 7", 4, 9}, {}}, now,
                                 0)) == "follow a1");
  BOOST_TEST(words(heir.tick(now)) == "take 4");
  lease_rules other{"b", {}, "folder 8"};
  words(other.tick(now));
  words(other.answered(number, {lease_outcome::done, {"a1", "folder 7", 4, 9}, {}}, now, 0));
  BOOST_TEST(words(other.tick(now)) == "");
}

BOOST_AUTO_TEST_CASE(give_back_what_they_got_after_they_had_resigned) {
  tick();
  answer({});
  BOOST_TEST(tick() == "take 0");
  BOOST_TEST(words(rules.resign(now)) == "");
  BOOST_TEST(answer({"a", "", 1, 1}) == "release 1");
  BOOST_TEST(!rules.leads(now));
}

BOOST_AUTO_TEST_SUITE_END()
