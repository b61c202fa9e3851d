#include "cluster/artefacts/receipt.hpp"
#include "test/storekeeper/a_crash.hpp"

#include <chrono>
#include <filesystem>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::test;
namespace fs = std::filesystem;
using artefacts::result_file;

struct a_storekeeper_that_drops : a_storekeeper_on_memory {
  a_storekeeper_that_drops() : a_storekeeper_on_memory{true} {}

  /// What of the results is in the folder of jobs.
  [[nodiscard]] strings here() const {
    strings all;
    for (const auto& one : artefacts::results_in(jobs / "a"))
      all.push_back(one.path);
    return all;
  }
  [[nodiscard]] bool all_are_here() const { return here().size() == films.size(); }
  void waits(std::chrono::milliseconds span) {
    now_ms += span.count();
    steps.advance_time(span);
    run();
  }
  void publishes() {
    BOOST_TEST(answer_to<published>(publish{"a"}).stored);
    happens(event_kind::succeeded);
  }
};

const std::vector<result_file> dropped{{"master.m3u8", 12}, {"v/1.m4s", 5}, {"v/index.m3u8", 5}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(storekeeper_that_drops_copies, a_storekeeper_that_drops)

BOOST_AUTO_TEST_CASE(leaves_the_report_and_a_receipt_once_the_job_has_succeeded) {
  store->before_put = [&](const std::string&) {
    BOOST_REQUIRE(task());
    BOOST_TEST((task()->what == ledger::artefact_task::kind::drop));
  };
  BOOST_TEST(answer_to<published>(publish{"a"}).stored);
  pass_time(5'000ms);
  BOOST_TEST(all_are_here());
  BOOST_TEST(!artefacts::has_receipt(jobs / "a"));
  happens(event_kind::succeeded);
  pass_time(1'100ms);
  BOOST_TEST(here() == strings{"job.json"});
  BOOST_TEST((artefacts::read_receipt(jobs / "a") == dropped));
  BOOST_TEST((store->objects == films));
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(counted("stored") == 1U);
  BOOST_TEST(counted("dropped") == 1U);
}

BOOST_AUTO_TEST_CASE(drops_nothing_of_what_the_store_does_not_have_and_sends_it_again) {
  publishes();
  store->objects.erase("a/v/1.m4s");
  pass_time(3'000ms);
  BOOST_TEST(all_are_here());
  BOOST_TEST(!artefacts::has_receipt(jobs / "a"));
  BOOST_TEST(counted("dropped") == 0U);
  waits(3'600s);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(here() == strings{"job.json"});
}

BOOST_AUTO_TEST_CASE(drops_nothing_while_the_store_is_away) {
  publishes();
  store->away = "no bucket";
  pass_time(3'000ms);
  BOOST_TEST(all_are_here());
  store->away.clear();
  pass_time(8'000ms);
  BOOST_TEST(here() == strings{"job.json"});
}

BOOST_AUTO_TEST_CASE(drops_what_was_left_or_put_into_the_fallback_only_after_it_was_moved) {
  put_into_fallback();
  pass_time(1'900ms);
  BOOST_TEST(all_are_here());
  store->away.clear();
  pass_time(8'000ms);
  BOOST_TEST((store->objects == films));
  BOOST_TEST(here() == strings{"job.json"});
  BOOST_TEST(fallback->objects.empty());
  BOOST_TEST(written->documents.empty());
  BOOST_TEST(times_told_that_it_is_moved() == 1);
}

BOOST_AUTO_TEST_CASE(drops_nothing_of_a_job_that_is_being_done_again) {
  publishes();
  fs::remove(jobs / "a/job.json");
  pass_time(3'000ms);
  BOOST_TEST(here().size() == 3U);
  BOOST_TEST(!artefacts::has_receipt(jobs / "a"));
}

BOOST_AUTO_TEST_CASE(drops_nothing_when_another_node_leads) {
  publishes();
  leads = false;
  pass_time(3'000ms);
  BOOST_TEST(all_are_here());
}

BOOST_AUTO_TEST_CASE(goes_on_where_a_drop_was_cut_short_and_keeps_its_receipt) {
  publishes();
  end();
  fs::create_directory(jobs / "a/.work");
  std::ofstream{artefacts::receipt_in(jobs / "a")} << artefacts::receipt_of(dropped);
  fs::remove(jobs / "a/master.m3u8");
  fs::remove(jobs / "a/v/index.m3u8");
  begin();
  pass_time(1'100ms);
  BOOST_TEST(here() == strings{"job.json"});
  BOOST_TEST((artefacts::read_receipt(jobs / "a") == dropped));
  BOOST_TEST(written->documents.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_crash_of_storekeeper_that_drops_copies)

/// After each single message once, with the store there and with a store that comes back.
BOOST_AUTO_TEST_CASE(at_any_point_loses_nothing_and_drops_all_in_the_end) {
  int crashes = 0;
  for (const bool is_away : {false, true}) {
    bool more = true;
    for (int last = 0; more; ++last) {
      a_storekeeper_that_drops it;
      a_crash crash{it, last};
      crash.look = [&] {
        const bool succeeded =
            it.written->jobs.at("a").record.state == ledger::job_state::succeeded;
        if (!succeeded)
          BOOST_REQUIRE(it.all_are_here());
        for (const auto& [key, bytes] : films)
          BOOST_REQUIRE((fs::exists(it.jobs / key) || it.store->objects.contains(key)));
      };
      if (is_away)
        it.store->away = "no bucket";
      crash.begin_job();
      crash.pass(3'000ms);
      it.store->away.clear();
      crash.pass(10'000ms);
      BOOST_TEST((it.written->jobs.at("a").record.state == ledger::job_state::succeeded), last);
      BOOST_TEST((it.store->objects == films), last);
      BOOST_TEST(it.here() == strings{"job.json"}, last);
      BOOST_TEST(it.fallback->objects.empty(), last);
      BOOST_TEST(it.written->documents.empty(), last);
      crashes += crash.happened ? 1 : 0;
      more = crash.happened;
    }
  }
  BOOST_TEST(crashes > 50);
  BOOST_TEST_MESSAGE(crashes << " crashes");
}

BOOST_AUTO_TEST_SUITE_END()
