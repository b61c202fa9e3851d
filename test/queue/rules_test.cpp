#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::queue;
using desk::job_action;
using ledger::outcome;
using test::a_queue;

namespace {

rule_terms plain_terms() {
  rule_terms terms;
  terms.backoff = {1'000, 60'000, 0};
  return terms;
}

struct a_job_in_a_queue : a_queue {
  a_job_in_a_queue() : a_queue{plain_terms()} {}
  void submit_with(std::uint64_t number, const char* spec) {
    auto one = job(number);
    one.what.spec = spec;
    submit(one);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_job, a_job_in_a_queue)

BOOST_AUTO_TEST_CASE(runs_once_its_start_is_committed_and_is_over_once_its_end_is) {
  holds = true;
  submit(job(1));
  BOOST_TEST(run() == "");
  BOOST_TEST(commit() == "run 1");
  ends(1);
  BOOST_TEST(run() == "succeeded 1");
  BOOST_TEST(last_record.fence == 1u);
  BOOST_TEST(last_record.keep);
  BOOST_TEST(rules.open() == 1u);
  BOOST_TEST(commit() == "");
  BOOST_TEST(rules.open() == 0u);
}

BOOST_AUTO_TEST_CASE(says_in_its_end_whose_results_it_has_reused) {
  submit(job(1));
  run();
  queue::attempt_ended how{key(1), 1, result::succeeded, {}, {}, 0};
  how.reused_from = "first";
  rules.ended(how, now);
  BOOST_TEST(run() == "succeeded 1");
  BOOST_TEST(last_record.cause == "the results of job first are reused");
  BOOST_TEST(last_record.detail == R"({"reused_from":"first"})");
}

BOOST_AUTO_TEST_CASE(does_not_run_while_the_ledger_does_not_take_its_start) {
  ledger = outcome::store_down;
  submit(job(1));
  holds = true;
  run();
  rules.ledger_away(true);
  BOOST_TEST(commit(outcome::store_down) == "");
  BOOST_TEST(rules.counts().view_of(1).waiting == 1u);
  rules.ledger_away(false);
  holds = false;
  ledger = outcome::done;
  BOOST_TEST(run() == "run 1");
}

BOOST_AUTO_TEST_CASE(is_left_alone_when_somebody_else_has_it) {
  ledger = outcome::stale;
  submit(job(1));
  BOOST_TEST(run() == "");
  BOOST_TEST(rules.open() == 0u);
  BOOST_TEST(rules.running() == 0u);
}

BOOST_AUTO_TEST_CASE(ends_once_and_by_its_own_attempt_only) {
  submit(job(1));
  run();
  rules.ended({key(1), 7, result::failed, {}, ""}, now);
  BOOST_TEST(run() == "");
  ends(1);
  ends(1, result::failed);
  BOOST_TEST(run() == "succeeded 1");
  ends(1);
  BOOST_TEST(run() == "");
}

BOOST_AUTO_TEST_CASE(is_taken_up_once) {
  submit(job(1));
  submit(job(1));
  BOOST_TEST(run() == "run 1");
  BOOST_TEST(rules.open() == 1u);
}

BOOST_AUTO_TEST_CASE(is_resumed_when_it_was_cut_off) {
  auto cut = job(1);
  cut.state = ledger::job_state::running;
  cut.attempts = 3;
  submit(cut);
  auto stopped = job(2);
  stopped.state = ledger::job_state::interrupted;
  stopped.attempts = 1;
  submit(stopped);
  BOOST_TEST(run() == "resume 1, resume 2");
  BOOST_TEST(rules.find(key(1))->attempts == 4u);
}

BOOST_AUTO_TEST_CASE(counts_as_long_as_is_usual_in_its_queue_until_it_is_seen) {
  const auto backlog_s = [this] { return rules.counts().view_of(1).backlog_media_ms / 1'000; };
  rules.set_queue("default", {false, 1, 0});
  submit(1, 4);
  submit_with(5, R"({"kind":"noop"})");
  run();
  BOOST_TEST(backlog_s() == 0);
  rules.source_reached(key(1), 60);
  rules.source_reached(key(1), 60); // said again
  BOOST_TEST(backlog_s() == 4 * 60);
  ends(1);
  run();
  rules.source_reached(key(2), 140);
  BOOST_TEST(backlog_s() == 140 + 2 * 70); // 60 + (140 - 60) / 8
  ends(2);
  run();
  BOOST_TEST(backlog_s() == 2 * 70);
}

BOOST_AUTO_TEST_CASE(is_not_started_before_all_are_loaded) {
  queue::rules fresh{plain_terms()};
  fresh.take_up(job(1), now);
  BOOST_TEST(fresh.decide(now).empty());
  fresh.loaded();
  BOOST_TEST(fresh.decide(now).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_failed_attempt, a_job_in_a_queue)

BOOST_AUTO_TEST_CASE(is_the_last_when_it_is_the_users_fault) {
  submit(job(1));
  run();
  fails(1, culprit::user);
  BOOST_TEST(run() == "failed 1");
  BOOST_TEST(last_record.cause == "no good");
  BOOST_TEST(last_record.detail == R"({"whose":"user"})");
  BOOST_TEST(rules.open() == 0u);
}

BOOST_AUTO_TEST_CASE(is_followed_by_another_after_a_backoff_until_there_were_enough) {
  submit(job(1));
  run();
  fails(1, culprit::ours);
  BOOST_TEST(run() == "retrying 1");
  BOOST_TEST(last_record.detail == std::to_string(now.unix_ms + 1'000));
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 1'000);
  BOOST_TEST(pass(999) == "");
  BOOST_TEST(pass(1) == "resume 1");
  fails(1, culprit::peer);
  BOOST_TEST(run() == "retrying 1");
  BOOST_TEST(pass(2'000) == "resume 1");
  fails(1, culprit::ours);
  BOOST_TEST(run() == "failed 1");
}

BOOST_AUTO_TEST_CASE(counts_as_the_spec_says) {
  submit_with(1, R"({"attempts":1})");
  run();
  fails(1, culprit::ours);
  BOOST_TEST(run() == "failed 1");
}

BOOST_AUTO_TEST_CASE(keeps_its_backoff_when_the_calendar_steps) {
  submit(job(1));
  run();
  fails(1, culprit::ours);
  run();
  now.unix_ms -= 3'600'000;
  BOOST_TEST(pass(1'000) == "resume 1");
}

BOOST_AUTO_TEST_CASE(keeps_its_backoff_over_a_restart) {
  auto waits = job(1);
  waits.state = ledger::job_state::retrying;
  waits.attempts = waits.tries = 3;
  waits.due_unix_ms = now.unix_ms + 500;
  submit(waits);
  BOOST_TEST(pass(499) == "");
  BOOST_TEST(pass(1) == "resume 1");
  fails(1, culprit::ours);
  BOOST_TEST(run() == "failed 1");
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_longer_than_a_backoff_can_be) {
  auto waits = job(1);
  waits.state = ledger::job_state::retrying;
  waits.due_unix_ms = now.unix_ms + 86'400'000; // of a calendar that was wrong
  submit(waits);
  BOOST_TEST(pass(120'000) == "run 1");
}

BOOST_AUTO_TEST_CASE(is_followed_at_once_when_somebody_wants_that) {
  submit(job(1));
  run();
  fails(1, culprit::ours);
  run();
  BOOST_TEST(order(1, job_action::retry));
  BOOST_TEST(run() == "requeued 1, ok #7, resume 1");
  fails(1, culprit::ours);
  BOOST_TEST(run() == "retrying 1"); // counted afresh
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_time_limit, a_job_in_a_queue)

BOOST_AUTO_TEST_CASE(stops_a_job_in_good_order_when_it_is_soft) {
  submit_with(1, R"({"soft_limit_s":10})");
  run();
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 10'000);
  BOOST_TEST(pass(9'999) == "");
  BOOST_TEST(pass(1) == "interrupt 1");
  ends(1, result::interrupted);
  BOOST_TEST(run() == "retrying 1");
  BOOST_TEST(last_record.cause == "stopped after its soft limit of 10 s");
  BOOST_TEST(pass(1'000) == "resume 1");
}

BOOST_AUTO_TEST_CASE(is_followed_by_force_when_that_takes_too_long) {
  submit_with(1, R"({"soft_limit_s":10,"attempts":1})");
  run();
  pass(10'000);
  BOOST_TEST(pass(5'000) == "force 1");
  ends(1, result::interrupted);
  BOOST_TEST(run() == "failed 1");
}

BOOST_AUTO_TEST_CASE(ends_a_job_by_force_when_it_is_hard) {
  submit_with(1, R"({"hard_limit_s":10})");
  run();
  BOOST_TEST(pass(10'000) == "force 1");
  ends(1, result::interrupted);
  BOOST_TEST(run() == "failed 1");
  BOOST_TEST(last_record.cause == "ended after its hard limit of 10 s");
  BOOST_TEST(last_record.detail ==
             R"({"whose":"ours","advice":"raise spec.hard_limit_s, or JOB_TIMEOUT",)"
             R"("where":"limit"})");
}

BOOST_AUTO_TEST_CASE(is_the_services_when_the_job_has_none) {
  submit(job(1));
  run();
  BOOST_TEST(pass(3'599'999) == "");
  BOOST_TEST(pass(1) == "force 1");
}

BOOST_AUTO_TEST_CASE(stands_still_while_a_stage_is_paused) {
  submit_with(1, R"({"hard_limit_s":10})");
  run();
  BOOST_TEST(pass(4'000) == "");
  rules.stages_paused(true, now);
  BOOST_TEST(!rules.wake_in_ms(now).has_value());
  BOOST_TEST(pass(60'000) == "");
  submit_with(2, R"({"hard_limit_s":10})"); // has all of its time before it
  BOOST_TEST(run() == "run 2");
  BOOST_TEST(pass(30'000) == "");
  rules.stages_paused(true, now); // another stage, too
  rules.stages_paused(false, now);
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 6'000);
  BOOST_TEST(pass(6'000) == "force 1");
  BOOST_TEST(pass(3'999) == "");
  BOOST_TEST(pass(1) == "force 2");
}

BOOST_AUTO_TEST_CASE(does_not_keep_a_paused_stage_from_ending_what_has_to_stop) {
  submit_with(1, R"({"soft_limit_s":10,"attempts":1})");
  run();
  BOOST_TEST(pass(10'000) == "interrupt 1");
  rules.stages_paused(true, now);
  BOOST_TEST(pass(5'000) == "force 1");
}

BOOST_AUTO_TEST_CASE(does_not_matter_to_a_job_that_got_ready_in_time) {
  submit_with(1, R"({"hard_limit_s":10})");
  run();
  pass(10'000);
  ends(1);
  BOOST_TEST(run() == "succeeded 1");
  BOOST_TEST(pass(100'000) == "");
  BOOST_TEST(!rules.wake_in_ms(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_cancel, a_job_in_a_queue)

BOOST_AUTO_TEST_CASE(reaches_a_job_that_waits) {
  rules.set_queue("default", {true, 0, 0});
  submit(1, 2);
  auto later = job(3);
  later.state = ledger::job_state::scheduled;
  later.what.not_before_unix_ms = now.unix_ms + 5'000;
  submit(later);
  BOOST_TEST(order(1, job_action::cancel));
  BOOST_TEST(order(3, job_action::cancel, 8));
  BOOST_TEST(run() == "cancelled 1, cancelled 3, ok #7, ok #8");
  BOOST_TEST(!last_record.keep);
  rules.set_queue("default", {});
  BOOST_TEST(run() == "run 2");
  BOOST_TEST(pass(10'000) == "");
}

BOOST_AUTO_TEST_CASE(reaches_a_job_that_runs) {
  submit(job(1));
  run();
  BOOST_TEST(order(1, job_action::cancel));
  BOOST_TEST(order(1, job_action::cancel, 8));
  BOOST_TEST(run() == "force 1");
  ends(1, result::interrupted);
  BOOST_TEST(run() == "cancelled 1, ok #7, ok #8");
  BOOST_TEST(last_record.cause == "alice");
}

BOOST_AUTO_TEST_CASE(reaches_a_job_that_is_just_starting) {
  holds = true;
  submit(job(1));
  run();
  BOOST_TEST(order(1, job_action::cancel));
  BOOST_TEST(commit() == "cancelled 1");
  BOOST_TEST(last_record.fence == 1u);
  BOOST_TEST(commit() == "ok #7");
  BOOST_TEST(rules.open() == 0u);
}

BOOST_AUTO_TEST_CASE(reaches_a_job_that_waits_for_its_next_attempt) {
  submit(job(1));
  run();
  fails(1, culprit::ours);
  run();
  order(1, job_action::cancel);
  BOOST_TEST(run() == "cancelled 1, ok #7");
  BOOST_TEST(pass(100'000) == "");
}

BOOST_AUTO_TEST_CASE(waits_for_what_is_being_committed) {
  submit(job(1));
  run();
  holds = true;
  fails(1, culprit::ours);
  run();
  BOOST_TEST(order(1, job_action::cancel));
  BOOST_TEST(commit() == "cancelled 1");
  BOOST_TEST(commit() == "ok #7");
}

BOOST_AUTO_TEST_CASE(comes_too_late_for_a_job_that_has_just_succeeded) {
  submit(job(1));
  run();
  order(1, job_action::cancel);
  run();
  ends(1);
  BOOST_TEST(run() == "conflict #7, succeeded 1");
  submit(job(2));
  run();
  holds = true;
  ends(2);
  run();
  order(2, job_action::cancel);
  BOOST_TEST(commit() == "conflict #7");
}

BOOST_AUTO_TEST_CASE(is_not_done_while_the_ledger_is_away) {
  rules.set_queue("default", {true, 0, 0});
  submit(job(1));
  ledger = outcome::store_down;
  order(1, job_action::cancel);
  BOOST_TEST(run() == "cancelled 1, busy #7");
  ledger = outcome::done;
  rules.set_queue("default", {});
  BOOST_TEST(run() == "run 1");
}

BOOST_AUTO_TEST_CASE(of_running_work_is_remembered_while_the_ledger_is_away) {
  submit(job(1));
  run();
  ledger = outcome::store_down;
  order(1, job_action::cancel);
  run();
  ends(1, result::interrupted);
  BOOST_TEST(run() == "cancelled 1, ok #7");
}

BOOST_AUTO_TEST_CASE(of_a_job_that_is_not_open_is_somebody_elses_business) {
  BOOST_TEST(!order(1, job_action::cancel));
}

BOOST_AUTO_TEST_CASE(is_no_retry) {
  submit(job(1));
  order(1, job_action::retry);
  BOOST_TEST(run() == "conflict #7, run 1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_drain, a_job_in_a_queue)

BOOST_AUTO_TEST_CASE(interrupts_what_runs_and_starts_nothing) {
  submit(1, 2);
  run();
  submit(job(3));
  rules.drain();
  const auto interrupted = run();
  BOOST_TEST(
      (interrupted == "interrupt 1, interrupt 2" || interrupted == "interrupt 2, interrupt 1"));
  ends(1, result::interrupted);
  ends(2);
  BOOST_TEST(run() == "interrupted 1, succeeded 2");
  BOOST_TEST((last_record.kind == ledger::event_kind::succeeded));
  BOOST_TEST(rules.running() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_run_what_was_just_being_committed) {
  holds = true;
  submit(job(1));
  run();
  rules.drain();
  BOOST_TEST(commit() == "interrupted 1");
}

BOOST_AUTO_TEST_SUITE_END()
