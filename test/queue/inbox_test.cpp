#include "cluster/desk/inbox.hpp"
#include "test/queue/a_queue.hpp"

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

/// Other nodes take jobs in by the same ledger.
struct a_queue_of_a_cluster : test::a_queue_on_a_memory_ledger {
  std::string taken_in_elsewhere(const std::string& letter) {
    ledger::write order;
    order.jobs = {job()};
    order.rolls = {desk::letter_about(order.jobs, letter, "b")};
    store->write(order);
    return order.jobs.front().id;
  }
  void says_so() {
    caf::anon_send(queue, queue::arrivals{});
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_queue_of_a_cluster, a_queue_of_a_cluster)

BOOST_AUTO_TEST_CASE(takes_up_what_another_node_has_taken_in_and_throws_the_letter_away) {
  const auto id = taken_in_elsewhere("1");
  BOOST_TEST(store->history_of(id) == "submitted");
  says_so();
  BOOST_TEST(store->history_of(id) == "submitted started");
  BOOST_TEST(store->documents.empty());
  says_so();
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(looks_by_itself_every_two_seconds) {
  const auto id = taken_in_elsewhere("1");
  pass_time(2s);
  BOOST_TEST(store->history_of(id) == "submitted started");
}

BOOST_AUTO_TEST_CASE(takes_up_only_the_jobs_of_letters_and_each_once) {
  const auto own = submit_one();
  const auto one = taken_in_elsewhere("1"), other = taken_in_elsewhere("2");
  says_so();
  says_so();
  BOOST_TEST(ask<desk::overview>(queue::look{}).open == 3u);
  BOOST_TEST(store->history_of(own) == "submitted started");
  BOOST_TEST(store->history_of(one).starts_with("submitted"));
  BOOST_TEST(store->history_of(other).starts_with("submitted"));
}

BOOST_AUTO_TEST_CASE(throws_away_the_letters_of_jobs_that_it_has_read_at_its_start) {
  end();
  const auto id = taken_in_elsewhere("1");
  begin();
  BOOST_TEST(store->history_of(id) == "submitted started");
  BOOST_TEST(store->documents.empty());
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(looks_again_when_the_ledger_was_away) {
  const auto id = taken_in_elsewhere("1");
  store->trouble = "gone";
  says_so();
  store->trouble.clear();
  pass_time(500ms);
  BOOST_TEST(store->history_of(id) == "submitted started");
}

BOOST_AUTO_TEST_CASE(takes_up_a_job_that_was_refused_in_doubt_once_the_ledger_is_back) {
  auto first = job();
  first.idempotency_key = "talk";
  auto again = job();
  again.idempotency_key = "talk";
  store->in_doubt = true;
  BOOST_TEST(!submit(first).how.ok());
  store->in_doubt = false;
  BOOST_TEST(store->history_of(first.id) == "submitted started");
  BOOST_TEST(puppets.empty());
  pass_time(600ms);
  BOOST_TEST(store->history_of(first.id) == "submitted started resumed");
  BOOST_REQUIRE(puppets.size() == 1u);
  const auto how = submit(again);
  BOOST_TEST(how.known_already);
  BOOST_TEST(how.job_id == first.id);
  ends("succeeded");
  pass_time(2s);
  BOOST_TEST(store->history_of(first.id) == "submitted started resumed succeeded");
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgets_a_job_that_was_refused_in_doubt_and_is_not_there) {
  const auto lost = job();
  store->in_doubt = true;
  BOOST_TEST(!submit(lost).how.ok());
  store->in_doubt = false;
  store->jobs.clear();
  pass_time(600ms);
  pass_time(600ms);
  BOOST_TEST(puppets.empty());
  BOOST_TEST(ask<desk::overview>(queue::look{}).open == 0u);
}

BOOST_AUTO_TEST_CASE(takes_up_a_job_that_nobody_told_it_of_when_it_is_submitted_again) {
  auto first = job();
  first.idempotency_key = "talk";
  auto again = job();
  again.idempotency_key = "talk";
  ledger::write order;
  order.jobs = {first};
  store->write(order);
  pass_time(2s);
  BOOST_TEST(puppets.empty());
  const auto how = submit(again);
  BOOST_TEST(how.known_already);
  BOOST_TEST(how.job_id == first.id);
  run();
  BOOST_TEST(store->history_of(first.id) == "submitted started");
  ends("succeeded");
  BOOST_TEST(submit(again).known_already);
  pass_time(2s);
  BOOST_TEST(store->history_of(first.id) == "submitted started succeeded");
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(resumes_a_job_whose_start_was_in_doubt) {
  const auto id = taken_in_elsewhere("1");
  store->in_doubt = true;
  says_so();
  BOOST_TEST(store->history_of(id) == "submitted started");
  BOOST_TEST(puppets.empty());
  store->in_doubt = false;
  pass_time(2s);
  BOOST_TEST(store->history_of(id) == "submitted started resumed");
  BOOST_REQUIRE(puppets.size() == 1u);
  ends("succeeded");
  BOOST_TEST(store->history_of(id) == "submitted started resumed succeeded");
}

BOOST_AUTO_TEST_CASE(keeps_those_waiting_that_run_after_a_job_whose_start_was_in_doubt) {
  const auto id = taken_in_elsewhere("1");
  store->in_doubt = true;
  says_so();
  store->in_doubt = false;
  auto next = job();
  next.after = {id};
  store->write({{next}, {}, {}});
  end();
  begin();
  BOOST_TEST(store->history_of(id) == "submitted started resumed");
  ends("failed", {culprit::peer, "the source's host went away", "", "source"});
  store->in_doubt = true;
  for (int i = 0; i < 3; ++i)
    pass_time(500ms);
  BOOST_TEST(store->history_of(id) == "submitted started resumed retrying resumed");
  store->in_doubt = false;
  pass_time(2s);
  BOOST_TEST(store->history_of(next.id) == "submitted scheduled");
  BOOST_TEST(store->history_of(id) == "submitted started resumed retrying resumed resumed");
  ends("succeeded");
  BOOST_TEST(store->history_of(next.id) == "submitted scheduled due started");
}

BOOST_AUTO_TEST_CASE(resumes_a_job_whose_second_start_was_in_doubt) {
  const auto id = submit_one();
  ends("failed", {culprit::peer, "the source's host went away", "", "source"});
  BOOST_TEST(store->history_of(id) == "submitted started retrying");
  store->in_doubt = true;
  for (int i = 0; i < 120 && puppets.size() < 2; ++i)
    pass_time(500ms);
  BOOST_TEST(store->history_of(id) == "submitted started retrying resumed");
  store->in_doubt = false;
  pass_time(2s);
  BOOST_TEST(store->history_of(id) == "submitted started retrying resumed resumed");
  ends("succeeded");
  BOOST_TEST(store->history_of(id) == "submitted started retrying resumed resumed succeeded");
}

BOOST_AUTO_TEST_SUITE_END()
