#include "test/storekeeper/a_storekeeper.hpp"

namespace {

using namespace vdoc::test;

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_rules_of_storekeeper, a_storekeeper)

BOOST_AUTO_TEST_CASE(put_the_entrance_and_then_the_report_after_all_that_they_name) {
  BOOST_TEST(publish("a") == strings{"list a"});
  BOOST_TEST(listed("a", {"job.json", "master.m3u8", "v/1.m4s", "v/2.m4s", "v/index.m3u8"}) ==
             (strings{"put a/v/1.m4s", "put a/v/2.m4s"}));
  BOOST_TEST(ok("put a/v/2.m4s") == strings{});
  BOOST_TEST(ok("put a/v/1.m4s") == strings{"put a/v/index.m3u8"});
  BOOST_TEST(ok("put a/v/index.m3u8") == strings{"put a/master.m3u8"});
  BOOST_TEST(ok("put a/master.m3u8") == strings{"put a/job.json"});
  BOOST_TEST(ok("put a/job.json") == strings{"told a stored"});
  BOOST_TEST(thought.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(send_only_so_many_at_once) {
  publish("a");
  BOOST_TEST(listed("a", {"1", "2", "3", "4"}) == (strings{"put a/1", "put a/2", "put a/3"}));
  BOOST_TEST(ok("put a/2") == strings{"put a/4"});
}

BOOST_AUTO_TEST_CASE(try_a_file_again_after_longer_and_longer_waits_and_then_leave_the_results) {
  thought = rules{[] {
    auto with = terms();
    with.breaker.failures = 100;
    return with;
  }()};
  publish("a");
  listed("a", {"1"});
  for (const std::int64_t wait : {500, 1'000, 2'000, 4'000}) {
    BOOST_TEST(no("put a/1", cure::wait) == strings{});
    BOOST_TEST((thought.next_ms(now) == now + wait));
    BOOST_TEST(pass(wait - 1) == strings{});
    BOOST_TEST(pass(1) == strings{"put a/1"});
  }
  BOOST_TEST(no("put a/1", cure::wait) == strings{"told a left: away"});
}

BOOST_AUTO_TEST_CASE(leave_everything_when_the_breaker_opens_and_try_one_thing_at_a_time) {
  publish("a");
  publish("b");
  listed("a", {"1", "2"});
  listed("b", {"1"});
  no("put a/1", cure::wait);
  no("put a/2", cure::wait);
  BOOST_TEST(no("put b/1", cure::wait) == (strings{"told a left: away", "told b left: away"}));
  BOOST_TEST((thought.breaker().where() == position::open));
  BOOST_TEST(publish("c") == strings{"told c left: away"});
  take_up("b", kind::move, 20);
  take_up("a", kind::move, 10);
  take_up("c", kind::move, 30);
  BOOST_TEST(thought.waiting() == 3U);
  BOOST_TEST(turn() == strings{});
  BOOST_TEST(pass(1'999) == strings{});
  BOOST_TEST(pass(1) == strings{"look a"});
  BOOST_TEST(stands("a", standing::succeeded) == strings{"list a"});
  BOOST_TEST(listed("a", {"1", "2"}) == strings{"put a/1"});
  BOOST_TEST(no("put a/1", cure::wait) == strings{});
  BOOST_TEST((thought.next_ms(now) == now + 4'000));
  BOOST_TEST(pass(4'000) == strings{"look a"});
  stands("a", standing::succeeded);
  listed("a", {"1", "2"});
  BOOST_TEST(ok("put a/1") == strings{"put a/2"});
  BOOST_TEST((thought.breaker().where() == position::closed));
  BOOST_TEST(ok("put a/2") == (strings{"done a", "look b"}));
  BOOST_TEST(stands("b", standing::succeeded) == strings{"list b"});
}

BOOST_AUTO_TEST_CASE(go_on_at_once_when_an_operator_closes_the_breaker) {
  publish("a");
  listed("a", {"1"});
  BOOST_TEST(no("put a/1", cure::operate, "no bucket") == strings{"told a left: no bucket"});
  take_up("a", kind::move, 10);
  BOOST_TEST(turn() == strings{});
  thought.reset(target::store, now);
  BOOST_TEST((thought.breaker().where() == position::closed));
  BOOST_TEST(turn() == strings{"look a"});
}

BOOST_AUTO_TEST_CASE(do_not_try_again_what_only_an_operator_can_set_right) {
  publish("a");
  listed("a", {"1", "2"});
  BOOST_TEST(no("put a/1", cure::operate, "no bucket") == strings{"told a left: no bucket"});
  BOOST_TEST((thought.breaker().where() == position::open));
  BOOST_TEST(ok("put a/2") == strings{}); // was begun before, and says nothing
  BOOST_TEST((thought.breaker().where() == position::open));
}

BOOST_AUTO_TEST_CASE(let_what_a_store_never_takes_hold_up_nobody) {
  take_up("a", kind::move, 10);
  take_up("b", kind::move, 20);
  turn();
  stands("a", standing::succeeded);
  listed("a", {"1"});
  BOOST_TEST(no("put a/1", cure::none) == strings{"look b"});
  BOOST_TEST((thought.breaker().where() == position::closed));
  stands("b", standing::succeeded);
  listed("b", {"1"});
  BOOST_TEST(ok("put b/1") == strings{"done b"});
  BOOST_TEST(pass(3'599'999) == strings{});
  BOOST_TEST(pass(1) == strings{"look a"});
}

BOOST_AUTO_TEST_CASE(move_results_only_once_their_job_has_succeeded_and_none_of_others) {
  take_up("a", kind::move, 10);
  BOOST_TEST(turn() == strings{"look a"});
  BOOST_TEST(stands("a", standing::open) == strings{});
  BOOST_TEST(pass(1'000) == strings{"look a"});
  BOOST_TEST(stands("a", standing::gone) == strings{"unwanted a"});
  BOOST_TEST(thought.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(forget_a_move_when_another_attempt_of_the_job_has_published) {
  take_up("a", kind::move, 10);
  turn();
  BOOST_TEST(publish("a") == strings{"list a"});
  BOOST_TEST(stands("a", standing::succeeded) == strings{}); // of the move
  BOOST_TEST(listed("a", {"1"}) == strings{"put a/1"});
  BOOST_TEST(ok("put a/1") == (strings{"told a stored", "done a"}));
}

BOOST_AUTO_TEST_CASE(go_on_with_a_trial_when_what_was_tried_is_replaced) {
  publish("a");
  listed("a", {"1"});
  no("put a/1", cure::operate);
  take_up("a", kind::move, 10);
  take_up("b", kind::erase, 20);
  BOOST_TEST(pass(2'000) == strings{"look a"});
  BOOST_TEST(publish("a") == (strings{"told a left: away", "wipe b"}));
  BOOST_TEST(ok("wipe b") == strings{"done b"});
  BOOST_TEST((thought.breaker().where() == position::closed));
}

BOOST_AUTO_TEST_CASE(
    take_an_order_without_an_answer_for_a_failure_and_its_late_answer_for_nothing) {
  publish("a");
  listed("a", {"1"});
  BOOST_TEST(pass(119'999) == strings{});
  BOOST_TEST(pass(2) == strings{});
  const auto late = orders.at("put a/1");
  BOOST_TEST(pass(500) == strings{"put a/1"});
  BOOST_TEST(thought.breaker().failures() == 1U);
  thought.done(late, {}, now);
  BOOST_TEST(turn() == strings{});
  BOOST_TEST(ok("put a/1") == strings{"told a stored"});
}

BOOST_AUTO_TEST_SUITE_END()
