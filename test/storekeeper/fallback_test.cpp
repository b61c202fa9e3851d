#include "test/storekeeper/a_storekeeper.hpp"

#include <algorithm>

namespace {

using namespace vdoc::test;

struct a_storekeeper_with_a_fallback : a_storekeeper {
  a_storekeeper_with_a_fallback() : a_storekeeper{true} {}

  void store_goes_away() {
    publish("gone");
    listed("gone", {"1"});
    no("put gone/1", cure::operate);
  }
  /// Its results are in the fallback, and the JOB knows.
  void put_into_fallback(const std::string& job, std::int64_t since) {
    publish(job, target::fallback);
    thought.noted(orders.at("note " + job + " to move"), true, since, now);
    turn();
    listed(job, {"1", "job.json"});
    ok("put " + job + "/1 in fallback");
    BOOST_TEST(ok("put " + job + "/job.json in fallback").front() ==
               "told " + job + " stored in fallback");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_rules_of_a_fallback_store, a_storekeeper_with_a_fallback)

BOOST_AUTO_TEST_CASE(remember_that_it_has_results_before_it_gets_any_and_clear_it_after_the_move) {
  store_goes_away();
  BOOST_TEST(publish("a") == strings{"told a left: away"});
  BOOST_TEST(publish("a", target::fallback) == strings{"note a to move"});
  thought.noted(orders.at("note a to move"), true, 10, now);
  BOOST_TEST(turn() == strings{"list a"});
  BOOST_TEST(listed("a", {"1", "job.json"}) == strings{"put a/1 in fallback"});
  BOOST_TEST(ok("put a/1 in fallback") == strings{"put a/job.json in fallback"});
  BOOST_TEST(thought.in_fallback() == 0U);
  BOOST_TEST(ok("put a/job.json in fallback") == strings{"told a stored in fallback"});
  BOOST_TEST(thought.in_fallback() == 1U);
  BOOST_TEST(thought.in_folder() == 0U);
  BOOST_TEST(thought.waiting() == 1U);
  BOOST_TEST(pass(2'000) == strings{"look a"});
  BOOST_TEST(stands("a", standing::succeeded) == strings{"list a or fallback"});
  BOOST_TEST(listed("a", {"1", "job.json"}) == strings{"put a/1"});
  BOOST_TEST(ok("put a/1") == strings{"put a/job.json"});
  BOOST_TEST(ok("put a/job.json") == (strings{"note a to clear, moved", "wipe a in fallback"}));
  BOOST_TEST(thought.in_fallback() == 0U);
  BOOST_TEST(thought.waiting(target::fallback) == 1U);
  BOOST_TEST(ok("wipe a in fallback") == strings{"done a"});
  BOOST_TEST(thought.waiting(target::fallback) == 0U);
}

BOOST_AUTO_TEST_CASE(move_from_it_what_the_folder_of_jobs_does_not_have_any_more) {
  take_up("a", kind::move, 10, fallback_part::whole);
  BOOST_TEST(turn() == strings{"look a"});
  BOOST_TEST(stands("a", standing::succeeded) == strings{"list a or fallback"});
  BOOST_TEST(listed("a", {"1", "job.json"}, true) == strings{"put a/1 from fallback"});
  // That it cannot be read there says nothing of the store, and holds up nobody.
  take_up("b", kind::move, 20);
  for (int i = 0; i < 4; ++i) {
    no("put a/1 from fallback", cure::wait, "unreadable", true);
    BOOST_TEST(thought.breaker().failures() == 0U);
    stands("b", standing::open);
    pass(60'000);
    stands("a", standing::succeeded);
    listed("a", {"1", "job.json"}, true);
  }
  ok("put a/1 from fallback");
  BOOST_TEST(ok("put a/job.json from fallback").front() == "note a to clear, moved");
}

BOOST_AUTO_TEST_CASE(take_nothing_from_a_fallback_that_has_only_a_part) {
  take_up("a", kind::move, 10, fallback_part::part);
  BOOST_TEST(thought.in_folder() == 1U);
  turn();
  BOOST_TEST(stands("a", standing::succeeded) == strings{"list a"});
  BOOST_TEST(listed("a", {}) == (strings{"note a to clear", "wipe a in fallback"}));
}

BOOST_AUTO_TEST_CASE(
    leave_results_in_the_folder_of_jobs_when_it_is_away_as_well_and_try_it_again_later) {
  store_goes_away();
  for (const std::string job : {"a", "b", "c"}) {
    publish(job, target::fallback);
    thought.noted(orders.at("note " + job + " to move"), true, 10, now);
  }
  turn();
  for (const std::string job : {"a", "b", "c"})
    listed(job, {"1"});
  no("put a/1 in fallback", cure::wait, "also away");
  no("put b/1 in fallback", cure::wait, "also away");
  BOOST_TEST(no("put c/1 in fallback", cure::wait, "also away") ==
             (strings{"told a left: also away in fallback", "told b left: also away in fallback",
                      "told c left: also away in fallback"}));
  BOOST_TEST(thought.in_folder() == 3U); // and what it may have of them is cleared in the end
  BOOST_TEST((thought.breaker(target::fallback).where() == position::open));
  BOOST_TEST(publish("d", target::fallback) == strings{"told d left: also away in fallback"});
  now += 2'000;
  thought.publish("e", target::fallback, now);
  thought.publish("f", target::fallback, now);
  const auto next = turn();
  BOOST_TEST(std::ranges::count(next, "note e to move") == 1);
  BOOST_TEST(std::ranges::count(next, "told f left: also away in fallback") == 1);
  thought.noted(orders.at("note e to move"), true, 20, now);
  turn();
  listed("e", {"1"});
  ok("put e/1 in fallback");
  BOOST_TEST((thought.breaker(target::fallback).where() == position::closed));
  BOOST_TEST((thought.breaker().where() != position::closed));
}

BOOST_AUTO_TEST_CASE(put_nothing_there_that_the_ledger_cannot_note) {
  publish("a", target::fallback);
  thought.noted(orders.at("note a to move"), false, 0, now);
  BOOST_TEST(turn() == strings{"told a left: the ledger cannot note it now in fallback"});
  BOOST_TEST(thought.waiting() == 0U);
  BOOST_TEST(thought.waiting(target::fallback) == 0U);
}

BOOST_AUTO_TEST_CASE(clear_it_when_the_job_comes_to_nothing_or_publishes_anew) {
  put_into_fallback("a", 10);
  BOOST_TEST(stands("a", standing::gone) == (strings{"note a to clear", "wipe a in fallback"}));
  ok("wipe a in fallback");
  put_into_fallback("b", 20);
  BOOST_TEST(publish("b") == strings{"list b"});
  listed("b", {"1"});
  BOOST_TEST(ok("put b/1") == (strings{"told b stored", "note b to clear", "wipe b in fallback"}));
}

BOOST_AUTO_TEST_CASE(clear_it_only_when_nothing_more_can_arrive_there) {
  publish("a", target::fallback);
  thought.noted(orders.at("note a to move"), true, 10, now);
  turn();
  listed("a", {"1"});
  const auto before = orders.at("put a/1 in fallback");
  publish("a"); // its JOB was started anew
  listed("a", {"1"});
  BOOST_TEST(ok("put a/1") == (strings{"told a stored", "note a to clear"}));
  thought.done(before, {}, now);
  BOOST_TEST(turn() == strings{"wipe a in fallback"});
}

BOOST_AUTO_TEST_CASE(erase_in_both_and_wait_for_one_without_holding_up_the_other) {
  take_up("a", kind::erase, 10);
  take_up("b", kind::erase, 20);
  BOOST_TEST(turn() == strings{"wipe a"});
  BOOST_TEST(ok("wipe a") == (strings{"wipe b", "wipe a in fallback"}));
  BOOST_TEST(no("wipe a in fallback", cure::operate) == strings{});
  BOOST_TEST(ok("wipe b") == strings{});
  BOOST_TEST(thought.waiting() == 0U);
  BOOST_TEST(thought.waiting(target::fallback) == 2U);
  BOOST_TEST((thought.next_ms(now) == now + 2'000));
  BOOST_TEST(pass(2'000) == strings{"wipe a in fallback"});
  BOOST_TEST(ok("wipe a in fallback") == (strings{"done a", "wipe b in fallback"}));
  BOOST_TEST(ok("wipe b in fallback") == strings{"done b"});
}

BOOST_AUTO_TEST_CASE(go_on_clearing_after_a_crash_but_only_while_there_is_one) {
  take_up("a", kind::clear, 10);
  BOOST_TEST(turn() == strings{"wipe a in fallback"});
  thought = rules{terms(false)};
  take_up("a", kind::clear, 10);
  BOOST_TEST(turn() == strings{});
  take_up("b", kind::move, 20, fallback_part::whole);
  BOOST_TEST(turn() == strings{"look b"});
  BOOST_TEST(stands("b", standing::succeeded) == strings{"list b"});
  listed("b", {"1"});
  BOOST_TEST(ok("put b/1") == strings{"note b to clear, moved"});
  BOOST_TEST(turn() == strings{});
}

BOOST_AUTO_TEST_SUITE_END()
