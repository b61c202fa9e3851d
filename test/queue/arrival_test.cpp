#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::queue;
using ledger::outcome;

BOOST_FIXTURE_TEST_SUITE(a_job_that_is_submitted, test::a_queue)

BOOST_AUTO_TEST_CASE(may_begin_together_with_its_submission) {
  holds = true;
  BOOST_TEST(rules.expect(job(1).what, now));
  run();
  BOOST_REQUIRE(uncommitted.size() == 1u); // its beginning
  submit(job(1));                          // is written
  BOOST_TEST(commit() == "run 1");
  BOOST_TEST(rules.open() == 1u);
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_its_submission_fails_while_it_begins) {
  holds = true;
  rules.expect(job(1).what, now);
  run();
  rules.withdraw(key(1));
  BOOST_TEST(commit(outcome::store_down) == "");
  BOOST_TEST(rules.open() == 0u);
  BOOST_TEST(rules.running() == 0u);
}

BOOST_AUTO_TEST_CASE(waits_on_when_only_its_beginning_fails) {
  holds = true;
  rules.expect(job(1).what, now);
  run();
  submit(job(1));
  rules.ledger_away(true);
  BOOST_TEST(commit(outcome::store_down) == "");
  rules.ledger_away(false);
  holds = false;
  BOOST_TEST(run() == "run 1");
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_its_submission_fails_while_it_waits) {
  rules.set_queue("default", {true, 0, 0});
  BOOST_TEST(rules.expect(job(1).what, now));
  BOOST_TEST(run() == "");
  rules.withdraw(key(1));
  BOOST_TEST(rules.open() == 0u);
  rules.set_queue("default", {});
  BOOST_TEST(run() == "");
  submit(job(2));
  rules.withdraw(key(2)); // that one is written
  BOOST_TEST(run() == "run 2");
}

BOOST_AUTO_TEST_CASE(is_not_expected_when_it_cannot_begin_yet) {
  auto later = job(1).what;
  later.not_before_unix_ms = now.unix_ms + 1'000;
  auto after = job(2).what;
  after.after = {to_string(key(9))};
  auto remote = job(3).what;
  remote.source = "https://example.org/talk.mp4";
  auto uploaded = job(4).what;
  uploaded.source = "upload:0123456789abcdef0123456789abcdef";
  for (const auto& each : {later, after, remote, uploaded})
    BOOST_TEST(!rules.expect(each, now));
  rules.set_queue("slow", {false, 0, 60});
  auto keyed = job(5).what; // it may be known already, and would have used up another one's turn
  keyed.queue = "slow";
  keyed.idempotency_key = "k";
  BOOST_TEST(!rules.expect(keyed, now));
  rules.ledger_away(true);
  BOOST_TEST(!rules.expect(job(6).what, now));
  rules.ledger_away(false);
  rules.drain();
  BOOST_TEST(!rules.expect(job(6).what, now));
  BOOST_TEST(rules.open() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
