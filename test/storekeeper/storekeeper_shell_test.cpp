#include "test/storekeeper/a_crash.hpp"

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::test;

} // namespace

BOOST_FIXTURE_TEST_SUITE(storekeeper_the_actor, a_storekeeper_on_memory)

BOOST_AUTO_TEST_CASE(puts_the_results_and_then_the_report) {
  BOOST_TEST(answer_to<published>(publish{"a"}).stored);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(store->puts ==
             (strings{"a/v/1.m4s", "a/v/index.m3u8", "a/master.m3u8", "a/job.json"}));
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(counted("stored") == 1U);
}

BOOST_AUTO_TEST_CASE(says_in_the_ledger_that_the_fallback_gets_results_before_it_gets_any) {
  strings known;
  fallback->before_put = [&](const std::string& key) {
    const auto what = task();
    BOOST_REQUIRE(what);
    BOOST_TEST((what->in_fallback == ledger::fallback_part::whole));
    known.push_back(key);
  };
  put_into_fallback();
  BOOST_TEST(known.size() == films.size());
  BOOST_TEST((fallback->objects == films));
  BOOST_TEST(store->objects.empty());
  BOOST_TEST(counted("fallback") == 1U);
  BOOST_TEST(counted("left") == 0U);
  const auto seen = measures->artefacts_now();
  BOOST_REQUIRE(seen);
  BOOST_TEST(seen->in_fallback == 1U);
  BOOST_TEST(seen->in_folder == 0U);
  BOOST_REQUIRE(seen->breakers.size() == 2U);
  BOOST_TEST(seen->breakers[0].state == "open");
  BOOST_TEST(seen->breakers[0].waiting == 1U);
  BOOST_TEST(seen->breakers[1].state == "closed");
  BOOST_TEST(seen->breakers[1].holds == 1U);
}

BOOST_AUTO_TEST_CASE(moves_them_when_the_store_is_back_and_clears_the_fallback) {
  put_into_fallback();
  pass_time(1'900ms);
  store->away.clear();
  BOOST_TEST(store->objects.empty()); // its next trial is not due
  pass_time(200ms);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(store->puts.back() == "a/job.json");
  BOOST_TEST(fallback->objects.empty());
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(times_told_that_it_is_moved() == 1);
  BOOST_TEST(counted("moved") == 1U);
  BOOST_TEST(measures->artefacts_now()->in_fallback == 0U);
}

BOOST_AUTO_TEST_CASE(moves_from_the_fallback_what_the_folder_of_jobs_has_lost) {
  put_into_fallback();
  std::filesystem::remove_all(jobs / "a");
  starts_anew();
  store->away.clear();
  pass_time(5'000ms);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(store->puts.back() == "a/job.json");
  BOOST_TEST(fallback->objects.empty());
}

BOOST_AUTO_TEST_CASE(keeps_what_the_fallback_has_until_it_is_there_again) {
  put_into_fallback();
  fallback->away = "not mounted";
  store->away.clear();
  pass_time(5'000ms);
  BOOST_TEST((store->objects == films));
  BOOST_REQUIRE(task());
  BOOST_TEST((task()->what == ledger::artefact_task::kind::clear));
  starts_anew();
  fallback->away.clear();
  pass_time(5'000ms);
  BOOST_TEST(fallback->objects.empty());
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(store->puts.size() == films.size()); // once
  BOOST_TEST(times_told_that_it_is_moved() == 1);
}

BOOST_AUTO_TEST_CASE(leaves_them_in_the_folder_of_jobs_when_both_are_away) {
  store->away = "no bucket";
  fallback->away = "not mounted";
  BOOST_TEST(answer_to<published>(publish{"a"}).fallback == "/mnt/spare");
  const auto no = answer_to<published>(publish{"a", target::fallback});
  BOOST_TEST(!no.stored);
  BOOST_TEST(no.why == "not mounted");
  BOOST_TEST(no.fallback == "");
  BOOST_TEST(answer_to<remembered>(leave{"a", "both are away"}).ok);
  BOOST_TEST(counted("left") == 1U);
  BOOST_TEST(task()->why == "both are away");
  BOOST_TEST(measures->artefacts_now()->in_folder == 1U);
  happens(event_kind::succeeded);
  store->away.clear();
  fallback->away.clear();
  pass_time(5'000ms);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(written->documents.empty());
}

BOOST_AUTO_TEST_CASE(puts_nothing_into_the_fallback_and_promises_nothing_without_the_ledger) {
  store->away = "no bucket";
  answer_to<published>(publish{"a"});
  caf::anon_send_exit(ledger, caf::exit_reason::kill);
  BOOST_TEST(!answer_to<published>(publish{"a", target::fallback}).stored);
  BOOST_TEST(!answer_to<remembered>(leave{"a", "away"}).ok);
  BOOST_TEST(fallback->puts.empty());
}

BOOST_AUTO_TEST_CASE(writes_nowhere_when_another_node_leads) {
  leads = false;
  self->send(keeper, publish{"a"});
  pass_time(20'000ms);
  BOOST_TEST(self->mailbox().empty()); // the job goes on elsewhere: no report from here
  BOOST_TEST(store->puts.empty());
}

BOOST_AUTO_TEST_CASE(erases_in_both_and_goes_on_with_it_after_a_crash) {
  put_into_fallback();
  store->away.clear();
  fallback->away = "not mounted";
  store->objects = films;
  BOOST_TEST(answer_to<remembered>(erase{"a"}).ok);
  pass_time(5'000ms);
  BOOST_TEST(store->objects.empty());
  starts_anew();
  fallback->away.clear();
  pass_time(5'000ms);
  BOOST_TEST(fallback->objects.empty());
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(counted("erased") == 1U);
}

BOOST_AUTO_TEST_CASE(leaves_what_another_fallback_has_to_it_and_moves_from_the_folder_of_jobs) {
  put_into_fallback();
  has_fallback = false;
  store->away.clear();
  starts_anew();
  pass_time(5'000ms);
  BOOST_TEST((store->objects == films));
  BOOST_TEST((task()->what == ledger::artefact_task::kind::clear));
  has_fallback = true;
  starts_anew();
  BOOST_TEST(fallback->objects.empty());
  BOOST_TEST(written->documents.empty());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Whether its results are whole somewhere where they will be found.
bool nothing_is_lost(const a_storekeeper_on_memory& it) {
  return it.store->objects == films || it.task();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_crash_of_storekeeper)

/// After each single message once. The store is away at first, and comes back.
BOOST_AUTO_TEST_CASE(at_any_point_loses_nothing_and_leaves_nothing_behind) {
  bool more = true;
  int crashes = 0;
  for (int last = 0; more; ++last) {
    a_storekeeper_on_memory it;
    a_crash crash{it, last};
    it.store->away = "no bucket";
    crash.begin_job();
    crash.pass(3'000ms);
    const bool has_ended = it.written->jobs.at("a").record.state == ledger::job_state::succeeded;
    if (has_ended)
      BOOST_TEST(nothing_is_lost(it), last);
    it.store->away.clear();
    crash.pass(6'000ms);
    BOOST_TEST((it.written->jobs.at("a").record.state == ledger::job_state::succeeded), last);
    BOOST_TEST((it.store->objects == films), last);
    BOOST_TEST(it.fallback->objects.empty(), last);
    BOOST_TEST(it.written->documents.empty(), last);
    BOOST_TEST(it.times_told_that_it_is_moved() <= 1, last);
    crashes += crash.happened ? 1 : 0;
    more = crash.happened;
  }
  BOOST_TEST(crashes > 30);
  BOOST_TEST_MESSAGE(crashes << " crashes");
}

BOOST_AUTO_TEST_SUITE_END()
