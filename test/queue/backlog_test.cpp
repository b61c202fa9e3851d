#include "cluster/desk/submission.hpp"
#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::queue;
using test::a_queue;

namespace {

rule_terms room_for(std::uint32_t most) {
  rule_terms terms;
  terms.max_running = most;
  return terms;
}

struct one_at_a_time : a_queue {
  one_at_a_time() : a_queue{room_for(1)} {}
  void submit_for(std::uint64_t number, const char* tenant, std::int32_t priority = 0,
                  const char* queue = "default") {
    auto one = job(number);
    one.what.tenant = tenant;
    one.what.priority = priority;
    one.what.queue = queue;
    submit(one);
  }
  void submit_as(std::uint64_t number, const char* urgency, std::int32_t priority = 0) {
    auto one = job(number);
    one.what.priority = priority;
    one.what.spec = std::string{R"({"urgency":")"} + urgency + R"("})";
    submit(one);
  }
  /// Everything in the order in which it is served, one after the other.
  std::string served() {
    std::string order;
    for (auto words = run(); !words.empty(); words = run())
      for (auto at = words.find("run "); at != std::string::npos; at = words.find("run ", at + 1)) {
        const auto number = std::stoull(words.substr(at + 4));
        order += (order.empty() ? "" : " ") + std::to_string(number);
        ends(number);
      }
    return order;
  }
};

struct room_for_four : a_queue {
  room_for_four() : a_queue{room_for(4)} {}
  void submit_to(std::uint64_t number, const char* queue) {
    auto one = job(number);
    one.what.queue = queue;
    submit(one);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(whose_turn_it_is, one_at_a_time)

BOOST_AUTO_TEST_CASE(is_first_come_first_served) {
  submit(1, 5);
  BOOST_TEST(served() == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(goes_by_priority_over_all_queues) {
  submit_for(1, "news");
  submit_for(2, "news", 10, "nightly");
  submit_for(3, "news", -10);
  submit_for(4, "news", 20);
  BOOST_TEST(served() == "4 2 1 3");
}

BOOST_AUTO_TEST_CASE(goes_by_urgency_before_priority) {
  submit_as(1, "batch", 1000);
  submit_as(2, "interactive", -5);
  submit_as(3, "live", -1000);
  submit_as(4, "interactive");
  submit_for(5, "default", 999);
  BOOST_TEST(served() == "3 4 2 1 5");
}

BOOST_AUTO_TEST_CASE(lets_nobody_wait_for_the_end_of_what_is_less_urgent) {
  submit(1, 2);
  BOOST_TEST(run() == "run 1");
  submit_as(3, "interactive");
  submit_as(4, "interactive");
  submit_as(5, "live");
  BOOST_TEST(run() == "run 5"); // the interactive ones have to wait for it, as for their like
  ends(5);
  BOOST_TEST(run() == "succeeded 5, run 3");
  ends(1);
  BOOST_TEST(run() == "succeeded 1"); // an interactive one runs: no room for batch
  ends(3);
  BOOST_TEST(run() == "succeeded 3, run 4");
  ends(4);
  BOOST_TEST(run() == "succeeded 4, run 2");
}

BOOST_AUTO_TEST_CASE(alternates_between_tenants_however_many_jobs_each_has) {
  for (std::uint64_t i = 1; i <= 4; ++i)
    submit_for(i, "flood");
  submit_for(5, "a");
  submit_for(6, "b");
  submit_for(7, "a");
  BOOST_TEST(served() == "1 5 6 2 7 3 4");
}

BOOST_AUTO_TEST_CASE(changes_with_the_priority_of_a_waiting_job) {
  submit(1, 3);
  BOOST_TEST(run() == "run 1");
  BOOST_TEST(order(3, desk::job_action::reprioritise));
  BOOST_TEST(run() == "reprioritised 3, ok #7");
  BOOST_TEST(last_record.detail == "5");
  BOOST_TEST(last_record.cause == "alice");
  ends(1);
  BOOST_TEST(served() == "3 2");
}

BOOST_AUTO_TEST_CASE(stays_when_the_ledger_refuses_another_priority) {
  submit(1, 3);
  run();
  ledger = ledger::outcome::store_down;
  order(3, desk::job_action::reprioritise);
  BOOST_TEST(run() == "reprioritised 3, busy #7");
  ledger = ledger::outcome::done;
  ends(1);
  BOOST_TEST(served() == "2 3");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_named_queue, room_for_four)

BOOST_AUTO_TEST_CASE(runs_no_more_than_its_concurrency) {
  rules.set_queue("slow", {false, 1, 0});
  for (std::uint64_t i = 1; i <= 3; ++i)
    submit_to(i, "slow");
  submit_to(4, "fast");
  BOOST_TEST(run() == "run 1, run 4");
  ends(1);
  BOOST_TEST(run() == "succeeded 1, run 2");
  rules.set_queue("slow", {false, 2, 0});
  BOOST_TEST(run() == "run 3");
}

BOOST_AUTO_TEST_CASE(starts_nothing_while_it_is_paused) {
  rules.set_queue("slow", {true, 0, 0});
  submit_to(1, "slow");
  submit_to(2, "fast");
  BOOST_TEST(run() == "run 2");
  rules.set_queue("slow", {});
  BOOST_TEST(run() == "run 1");
}

BOOST_AUTO_TEST_CASE(keeps_to_its_rate) {
  rules.set_queue("slow", {false, 0, 30}); // one in two seconds
  submit_to(1, "slow");
  submit_to(2, "slow");
  BOOST_TEST(run() == "run 1");
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 2'000);
  BOOST_TEST(pass(1'999) == "");
  BOOST_TEST(pass(1) == "run 2");
}

BOOST_AUTO_TEST_CASE(shows_its_load) {
  rules.set_queue("slow", {false, 1, 60});
  for (std::uint64_t i = 1; i <= 3; ++i)
    submit_to(i, "slow");
  auto later = job(4);
  later.what.queue = "slow";
  later.what.not_before_unix_ms = now.unix_ms + 60'000;
  later.state = ledger::job_state::scheduled;
  submit(later);
  run();
  rules.source_reached(key(1), 90);
  pass(1'000);
  desk::queue_view expected{"slow", false, 1, 60, 2, 1, 1, 1'000, 360'000};
  BOOST_TEST(to_json(rules.queues(now.unix_ms).at(0)) == to_json(expected));
}

BOOST_AUTO_TEST_CASE(is_not_made_up_without_end) {
  rule_terms terms;
  terms.most_queues = 2;
  queue::rules few{terms};
  few.take_up(job(1), now);
  few.set_queue("other", {});
  BOOST_TEST(few.reserve("default", "other", 1).ok());
  BOOST_TEST((few.reserve("default", "third", 1).why == desk::refusal::bad_request));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_tenant, room_for_four)

BOOST_AUTO_TEST_CASE(has_no_more_running_than_it_may) {
  rules.set_tenant("default", {0, 2, 0});
  submit(1, 3);
  auto other = job(4);
  other.what.tenant = "other";
  submit(other);
  BOOST_TEST(run() == "run 1, run 4, run 2");
  ends(2);
  BOOST_TEST(run() == "succeeded 2, run 3");
}

BOOST_AUTO_TEST_CASE(has_no_more_waiting_than_it_may) {
  rules.set_tenant("default", {3, 0, 0});
  BOOST_TEST(rules.reserve("default", "default", 2).ok());
  const auto refused = rules.reserve("default", "default", 2);
  BOOST_TEST((refused.why == desk::refusal::over_quota));
  BOOST_TEST(refused.what == "tenant default may have 3 jobs waiting");
  BOOST_TEST(refused.retry_after_ms > 0u);
  submit(1, 2);
  rules.release("default", 2);
  BOOST_TEST(rules.reserve("default", "default", 1).ok());
  BOOST_TEST(rules.reserve("other", "default", 100).ok());
  run(); // both run: they do not wait any more
  BOOST_TEST(rules.reserve("default", "default", 2).ok());
}

BOOST_AUTO_TEST_CASE(submits_nothing_while_it_keeps_as_many_bytes_as_it_may) {
  std::map<std::string, std::uint64_t> kept{{"a", 999}, {"b", 5'000}};
  rule_terms terms;
  terms.tenant.bytes = 1'000;
  terms.kept = [&](const std::string& tenant) { return kept[tenant]; };
  queue::rules stingy{terms};
  stingy.set_tenant("b", {0, 0, 0});
  BOOST_TEST(stingy.reserve("a", "default", 100).ok());
  kept["a"] = 1'000;
  const auto refused = stingy.reserve("a", "default", 1);
  BOOST_TEST((refused.why == desk::refusal::over_quota));
  BOOST_TEST(refused.what == "tenant a has 1000 bytes of results and uploads, and may have 1000");
  BOOST_TEST(refused.advice.find("service.tenant_stored_mb") != std::string::npos);
  BOOST_TEST(refused.retry_after_ms > 0U);
  BOOST_TEST(stingy.reserve("b", "default", 1).ok()); // no limit of its own
  BOOST_TEST(stingy.reserve("c", "default", 1).ok());
  kept["a"] = 0;
  BOOST_TEST(stingy.reserve("a", "default", 1).ok());
}

BOOST_AUTO_TEST_CASE(cannot_fill_the_memory) {
  rule_terms terms;
  terms.most_open = 10;
  queue::rules few{terms};
  BOOST_TEST(few.reserve("a", "default", 6).ok());
  BOOST_TEST((few.reserve("b", "default", 5).why == desk::refusal::busy));
  few.release("a", 6);
  BOOST_TEST(few.reserve("b", "default", 5).ok());
}

BOOST_AUTO_TEST_SUITE_END()
