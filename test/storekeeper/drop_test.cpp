#include "test/storekeeper/a_storekeeper.hpp"

namespace {

using namespace vdoc::test;

struct a_storekeeper_that_drops_copies : a_storekeeper {
  explicit a_storekeeper_that_drops_copies(bool has_fallback = false)
      : a_storekeeper{has_fallback, true} {}

  void publishes(const std::string& job) {
    publish(job);
    noted("note " + job + " to drop");
    listed(job, {"1", "job.json"});
    ok("put " + job + "/1");
    BOOST_TEST(ok("put " + job + "/job.json") == strings{"told " + job + " stored"});
  }
};
struct one_with_a_fallback : a_storekeeper_that_drops_copies {
  one_with_a_fallback() : a_storekeeper_that_drops_copies{true} {}
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(copies_that_are_dropped, a_storekeeper_that_drops_copies)

BOOST_AUTO_TEST_CASE(are_noted_before_anything_is_sent_and_go_once_their_job_has_succeeded) {
  BOOST_TEST(publish("a") == strings{"note a to drop"});
  BOOST_TEST(noted("note a to drop") == strings{"list a"});
  listed("a", {"1", "job.json"});
  ok("put a/1");
  BOOST_TEST(ok("put a/job.json") == strings{"told a stored"});
  BOOST_TEST(thought.in_folder() == 0U);
  BOOST_TEST(pass(999) == strings{});
  BOOST_TEST(pass(1) == strings{"look a"});
  BOOST_TEST(stands("a", standing::open) == strings{});
  BOOST_TEST(pass(1'000) == strings{"look a"});
  BOOST_TEST(stands("a", standing::unknown) == strings{});
  pass(1'000);
  BOOST_TEST(stands("a", standing::succeeded) == strings{"drop a"});
  BOOST_TEST(ok("drop a") == strings{"done a"});
  BOOST_TEST(thought.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(stay_when_the_store_does_not_take_them_until_they_are_moved) {
  publish("a");
  noted("note a to drop");
  listed("a", {"1"});
  BOOST_TEST(no("put a/1", cure::operate) == strings{"told a left: away"});
  take_up("a", kind::move, 10);
  BOOST_TEST(thought.in_folder() == 1U);
  pass(2'000);
  stands("a", standing::succeeded);
  listed("a", {"1"});
  BOOST_TEST(ok("put a/1") == (strings{"note a to drop, moved", "look a"}));
  BOOST_TEST(stands("a", standing::succeeded) == strings{"drop a"});
  BOOST_TEST(ok("drop a") == strings{"done a"});
}

BOOST_AUTO_TEST_CASE(stay_when_their_job_comes_to_nothing) {
  publishes("a");
  pass(1'000);
  BOOST_TEST(stands("a", standing::gone) == strings{"unwanted a"});
  BOOST_TEST(thought.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(are_not_put_at_risk_when_the_ledger_cannot_note_them) {
  publish("a");
  BOOST_TEST(noted("note a to drop", false) ==
             strings{"told a left: the ledger cannot note it now"});
  BOOST_TEST(thought.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(are_sent_again_when_the_store_does_not_have_all_of_them) {
  publishes("a");
  publishes("b");
  pass(1'000);
  stands("a", standing::succeeded);
  BOOST_TEST(no("drop a", cure::none, "no 1") == strings{"look b"}); // it holds up nobody
  BOOST_TEST(thought.in_folder() == 1U);
  BOOST_TEST((thought.breaker().where() == position::closed));
  stands("b", standing::succeeded);
  ok("drop b");
  BOOST_TEST(pass(3'599'999) == strings{});
  BOOST_TEST(pass(1) == strings{"look a"});
  stands("a", standing::succeeded);
  listed("a", {"1"});
  BOOST_TEST(ok("put a/1") == (strings{"note a to drop, moved", "look a"}));
}

BOOST_AUTO_TEST_CASE(wait_for_a_store_that_is_away_and_for_a_folder_that_is_without_blaming_it) {
  publishes("a");
  pass(1'000);
  stands("a", standing::succeeded);
  BOOST_TEST(no("drop a", cure::wait, "no such disk", true) == strings{});
  BOOST_TEST(thought.breaker().failures() == 0U);
  BOOST_TEST(pass(59'999) == strings{});
  BOOST_TEST(pass(1) == strings{"look a"});
  stands("a", standing::succeeded);
  BOOST_TEST(no("drop a", cure::operate) == strings{});
  BOOST_TEST((thought.breaker().where() == position::open));
  BOOST_TEST(pass(2'000) == strings{"look a"});
  stands("a", standing::succeeded);
  BOOST_TEST(ok("drop a") == strings{"done a"});
  BOOST_TEST((thought.breaker().where() == position::closed));
}

BOOST_AUTO_TEST_CASE(are_those_of_another_attempt_when_the_job_publishes_anew) {
  publishes("a");
  pass(1'000);
  stands("a", standing::succeeded);
  const auto before = orders.at("drop a");
  BOOST_TEST(publish("a") == strings{"note a to drop"});
  thought.done(before, {}, now);
  BOOST_TEST(turn() == strings{}); // of the attempt before
  noted("note a to drop");
  listed("a", {"1"});
  BOOST_TEST(ok("put a/1") == strings{"told a stored"});
  pass(1'000);
  stands("a", standing::succeeded);
  BOOST_TEST(ok("drop a") == strings{"done a"});
}

BOOST_AUTO_TEST_CASE(are_dropped_after_a_crash_and_stay_when_copies_are_kept_by_now) {
  take_up("a", kind::drop, 10);
  BOOST_TEST(turn() == strings{"look a"});
  stands("a", standing::succeeded);
  BOOST_TEST(ok("drop a") == strings{"done a"});
  thought = rules{terms(false, false)};
  take_up("a", kind::drop, 10);
  BOOST_TEST(turn() == strings{"unwanted a"});
  BOOST_TEST(thought.waiting() == 0U);
  thought = rules{terms(true, false)};
  take_up("a", kind::drop, 10, fallback_part::part);
  BOOST_TEST(turn() == strings{"wipe a in fallback"});
}

BOOST_AUTO_TEST_CASE(are_erased_instead_when_retention_says_so) {
  publishes("a");
  pass(1'000);
  stands("a", standing::succeeded);
  take_up("a", kind::erase, 20);
  const auto before = orders.at("drop a");
  BOOST_TEST(turn() == strings{}); // something is under way there
  thought.done(before, {}, now);
  BOOST_TEST(turn() == strings{"wipe a"});
  BOOST_TEST(ok("wipe a") == strings{"done a"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(copies_that_are_dropped_beside_a_fallback, one_with_a_fallback)

BOOST_AUTO_TEST_CASE(stay_while_the_store_is_away_and_go_before_the_fallback_is_cleared) {
  publish("a", target::fallback);
  noted("note a to move");
  listed("a", {"1", "job.json"});
  ok("put a/1 in fallback");
  BOOST_TEST(ok("put a/job.json in fallback") == (strings{"told a stored in fallback", "look a"}));
  stands("a", standing::succeeded);
  listed("a", {"1", "job.json"});
  ok("put a/1");
  BOOST_TEST(ok("put a/job.json") == (strings{"note a to drop, moved", "look a"}));
  stands("a", standing::succeeded);
  BOOST_TEST(ok("drop a") == (strings{"note a to clear", "wipe a in fallback"}));
  BOOST_TEST(ok("wipe a in fallback") == strings{"done a"});
}

BOOST_AUTO_TEST_SUITE_END()
