#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::queue;
using desk::job_action;
using test::a_queue;

namespace {

struct jobs_that_wait : a_queue {
  void submit_at(std::uint64_t number, std::int64_t unix_ms) {
    auto one = job(number);
    one.state = ledger::job_state::scheduled;
    one.what.not_before_unix_ms = unix_ms;
    submit(one);
  }
  void submit_after(std::uint64_t number, const std::vector<std::uint64_t>& others,
                    std::int64_t not_before_unix_ms = 0) {
    auto one = job(number);
    one.state = ledger::job_state::scheduled;
    one.what.not_before_unix_ms = not_before_unix_ms;
    for (const auto each : others)
      one.what.after.push_back(to_string(key(each)));
    submit(one);
  }
};

rule_terms breaker_terms() {
  rule_terms terms;
  terms.max_running = 10;
  terms.backoff = {1'000, 1'000, 0};
  terms.source_breaker = {2, 5'000, 20'000};
  terms.attempts = 3;
  return terms;
}

struct jobs_of_one_host : a_queue {
  jobs_of_one_host() : a_queue{breaker_terms()} {}
  void submit_from(std::uint64_t number, const char* source = "http://films.example/a") {
    auto one = job(number);
    one.what.source = source;
    submit(one);
  }
  /// Two jobs find out that the host is down, and come back to wait behind its breaker.
  void host_goes_down() {
    submit_from(1);
    submit_from(2);
    run();
    fails(1, culprit::peer, "fetch");
    fails(2, culprit::peer, "fetch");
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_scheduled_job, jobs_that_wait)

BOOST_AUTO_TEST_CASE(starts_when_its_time_has_come) {
  submit_at(1, now.unix_ms + 5'000);
  BOOST_TEST(run() == "");
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 1'000); // the calendar may be set
  BOOST_TEST(pass(4'999) == "");
  BOOST_TEST(pass(1) == "due 1, run 1");
}

BOOST_AUTO_TEST_CASE(follows_the_calendar) {
  submit_at(1, now.unix_ms + 3'600'000);
  run();
  now.unix_ms += 3'600'000;
  BOOST_TEST(run() == "due 1, run 1");
}

BOOST_AUTO_TEST_CASE(is_said_to_be_due_again_when_the_ledger_was_away) {
  submit_at(1, now.unix_ms + 5);
  holds = true;
  pass(5);
  // The wait was not taken down, nor the start.
  commit(ledger::outcome::store_down);
  const auto again = rules.find(key(1));
  BOOST_TEST(again->due_unwritten);
  holds = false;
  commit();
  BOOST_TEST(!rules.find(key(1))->due_unwritten);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_job_that_runs_after_others, jobs_that_wait)

BOOST_AUTO_TEST_CASE(waits_for_all_of_them) {
  submit(1, 2);
  submit_after(3, {1, 2});
  BOOST_TEST(run() == "run 1, run 2");
  ends(1);
  BOOST_TEST(run() == "succeeded 1");
  ends(2);
  BOOST_TEST(run() == "succeeded 2, due 3, run 3");
}

BOOST_AUTO_TEST_CASE(asks_for_those_that_are_not_open) {
  submit_after(3, {1, 2});
  BOOST_TEST(run() == "ask 1, ask 2");
  rules.known(key(1), ledger::job_state::succeeded);
  BOOST_TEST(run() == "");
  rules.known(key(2), ledger::job_state::succeeded);
  BOOST_TEST(run() == "due 3, run 3");
}

BOOST_AUTO_TEST_CASE(waits_for_its_time_as_well) {
  submit(job(1));
  submit_after(2, {1}, now.unix_ms + 5'000);
  run();
  ends(1);
  BOOST_TEST(run() == "succeeded 1");
  BOOST_TEST(pass(5'000) == "due 2, run 2");
}

BOOST_AUTO_TEST_CASE(fails_with_them_and_says_why) {
  submit(job(1));
  submit_after(2, {1});
  submit_after(3, {2});
  run();
  fails(1, culprit::user);
  BOOST_TEST(run() == "failed 1, failed 2, failed 3");
  BOOST_TEST(last_record.cause == "waits for job " + to_string(key(2)) +
                                      ", which did not succeed: waits for job " +
                                      to_string(key(1)) + ", which did not succeed: no good");
  BOOST_TEST(last_record.keep);
  BOOST_TEST(rules.open() == 0u);
}

BOOST_AUTO_TEST_CASE(fails_when_one_was_cancelled_or_never_was) {
  submit(job(1));
  submit_after(2, {1});
  submit_after(4, {3});
  run();
  order(1, job_action::cancel);
  run();
  ends(1, result::interrupted);
  BOOST_TEST(run() == "cancelled 1, ok #7, failed 2");
  BOOST_TEST(rules.find(key(2)) == nullptr);
  rules.known(key(3), ledger::job_state::unknown);
  BOOST_TEST(run() == "failed 4");
}

BOOST_AUTO_TEST_CASE(can_be_cancelled_while_it_waits) {
  submit(job(1));
  submit_after(2, {1});
  run();
  order(2, job_action::cancel);
  BOOST_TEST(run() == "cancelled 2, ok #7");
  ends(1);
  BOOST_TEST(run() == "succeeded 1");
}

BOOST_AUTO_TEST_CASE(asks_again_when_one_was_lost_to_somebody_else) {
  submit(job(1));
  submit_after(2, {1});
  ledger = ledger::outcome::stale;
  BOOST_TEST(run() == "ask 1");
}

BOOST_AUTO_TEST_CASE(waits_on_for_one_that_goes_on_though_its_start_was_in_doubt) {
  submit(job(1));
  submit_after(2, {1});
  ledger = ledger::outcome::impossible; // it has begun already, as the ledger has it
  BOOST_TEST(run() == "ask 1");
  ledger = ledger::outcome::done;
  rules.known(key(1), ledger::job_state::running);
  BOOST_TEST(run() == "");
  auto again = job(1);
  again.state = ledger::job_state::running;
  again.attempts = 1;
  submit(again);
  BOOST_TEST(run() == "resume 1");
  ends(1);
  BOOST_TEST(run() == "succeeded 1, due 2, run 2");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(jobs_of_a_source_host_that_is_down, jobs_of_one_host)

BOOST_AUTO_TEST_CASE(wait_behind_its_breaker_and_leave_the_others_alone) {
  host_goes_down();
  submit_from(3);
  submit_from(4, "http://other.example/b");
  BOOST_TEST(run() == "run 4");
  BOOST_TEST(pass(1'000) == ""); // the backoff of 1 and 2 is over
  const auto seen = rules.breakers().at(0);
  BOOST_TEST(seen.host == "films.example");
  BOOST_TEST((seen.where == resources::breaker::position::open));
  BOOST_TEST(seen.parked == 3u);
}

BOOST_AUTO_TEST_CASE(send_one_of_them_to_see_whether_it_is_back) {
  host_goes_down();
  pass(1'000);
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 4'000);
  BOOST_TEST(pass(4'000) == "resume 1");
  BOOST_TEST(pass(60'000) == "");
  rules.source_reached(key(1), 0);
  BOOST_TEST(run() == "resume 2");
  BOOST_TEST(rules.breakers().empty());
}

BOOST_AUTO_TEST_CASE(go_at_once_when_an_operator_closes_its_breaker) {
  host_goes_down();
  submit_from(3);
  pass(1'000);
  rules.reset_source("other.example");
  BOOST_TEST(run() == "");
  rules.reset_source("films.example");
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 0);
  const auto started = run();
  BOOST_TEST(started.find("resume 1") != std::string::npos, started);
  BOOST_TEST(started.find("resume 2") != std::string::npos, started);
  BOOST_TEST(started.find("run 3") != std::string::npos, started);
  BOOST_TEST(rules.breakers().empty());
}

BOOST_AUTO_TEST_CASE(wait_longer_each_time_it_is_not_and_do_not_pay_for_asking) {
  host_goes_down();
  pass(1'000);
  pass(4'000);
  for (int i = 0; i < 5; ++i) {
    const auto probing = rules.find(key(1))->at == phase::running ? 1U : 2U;
    fails(probing, culprit::peer, "fetch");
    BOOST_TEST(run() == "retrying " + std::to_string(probing));
    pass(1'000);
    pass(20'000);
  }
  BOOST_TEST(rules.open() == 2u); // three attempts each, and many more probes
}

BOOST_AUTO_TEST_CASE(fail_at_last_when_they_have_probed_long_enough) {
  submit_from(1);
  run();
  int attempts = 1;
  for (; rules.open() > 0 && attempts < 100; ++attempts) {
    fails(1, culprit::peer, "fetch");
    run();
    pass(1'000);
    pass(20'000);
  }
  BOOST_TEST(attempts > 5);
  BOOST_TEST(attempts < 40);
}

BOOST_AUTO_TEST_CASE(send_another_one_when_the_probe_was_cancelled) {
  host_goes_down();
  pass(5'000);
  order(1, job_action::cancel);
  run();
  ends(1, result::interrupted);
  BOOST_TEST(run() == "cancelled 1, ok #7, resume 2");
  BOOST_TEST((rules.find(key(2))->at == phase::running));
}

BOOST_AUTO_TEST_CASE(can_be_cancelled_while_they_are_parked) {
  host_goes_down();
  pass(1'000);
  order(1, job_action::cancel);
  BOOST_TEST(run() == "cancelled 1, ok #7");
  BOOST_TEST(pass(4'000) == "resume 2");
}

BOOST_AUTO_TEST_CASE(send_one_of_a_queue_that_is_not_paused) {
  host_goes_down();
  auto other = job(3);
  other.what.source = "http://films.example/c";
  other.what.queue = "open";
  submit(other);
  pass(1'000);
  rules.set_queue("default", {true, 0, 0});
  BOOST_TEST(pass(4'000) == "run 3");
}

BOOST_AUTO_TEST_CASE(do_not_spend_the_rate_of_their_queue) {
  host_goes_down();
  pass(1'000);
  rules.set_queue("default", {false, 0, 60});
  for (std::uint64_t i = 3; i < 50; ++i)
    submit_from(i);
  submit_from(50, "/films/local.mp4");
  BOOST_TEST(run() == "run 50");
}

BOOST_AUTO_TEST_CASE(are_not_held_up_by_faults_of_another_kind) {
  submit_from(1);
  submit_from(2);
  run();
  fails(1, culprit::peer, "job");
  fails(2, culprit::ours, "fetch");
  run();
  BOOST_TEST(rules.breakers().empty());
  BOOST_TEST(pass(1'000) == "resume 1, resume 2");
}

BOOST_AUTO_TEST_SUITE_END()
