#include "actors/dispatch/spawn.hpp"
#include "actors/jobs/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <fstream>
#include <mutex>
#include <optional>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using test::until;

/// What LEDGER was told, and the JOB that asked it last, so that a test can have it crash.
struct seen_by_ledger {
  std::mutex mutex;
  caf::actor asker;
  ledger::job known;
  std::vector<std::string> events;

  std::size_t count() {
    const std::lock_guard lock{mutex};
    return events.size();
  }
};

ledger::actor::behavior_type remembers(ledger::actor::pointer self, seen_by_ledger* seen) {
  return {
      [=](const ledger::submit& msg) {
        const std::lock_guard lock{seen->mutex};
        seen->known = msg.what;
        seen->known.id = "job-1";
        return ledger::submitted{ledger::outcome::done, "job-1", ""};
      },
      [=](const ledger::record& msg) {
        const std::lock_guard lock{seen->mutex};
        seen->asker = caf::actor_cast<caf::actor>(self->current_sender());
        seen->events.push_back(msg.what.job_id + " " + to_string(msg.what.kind));
        return ledger::recorded{};
      },
      [=](const ledger::find_last&) {
        const std::lock_guard lock{seen->mutex};
        ledger::found last;
        last.what.what = seen->known;
        last.result = seen->known.id.empty() ? ledger::outcome::unknown_job : ledger::outcome::done;
        return last;
      },
      [](const ledger::history_of&) { return ledger::history{}; },
      [](const ledger::write&) { return ledger::all_written{}; },
      [](const ledger::health_of&) { return ledger::health{}; },
  };
}

/// JOBS with one job that no media host works for, real JOBs on real time.
struct one_job_planned {
  test::temp_folder out;
  node::configuration config;
  caf::actor_system system{config};
  seen_by_ledger seen;
  ledger::actor ledger = system.spawn(remembers, &seen);
  dispatch::actor dispatch = dispatch::spawn(system);
  std::mutex mutex;
  std::vector<job::ended> ended;
  bool all_ended = false;
  jobs::actor jobs;

  one_job_planned() {
    jobs::planned plan;
    plan.what.source = "/in/talk.mp4";
    plan.what.name = "talk";
    plan.around.root = out / "talk";
    jobs::listener told;
    told.on_progress = [](const job::progress&) {};
    told.on_ended = [this](const job::ended& how) {
      const std::lock_guard lock{mutex};
      ended.push_back(how);
    };
    told.on_all_ended = [this] {
      const std::lock_guard lock{mutex};
      all_ended = true;
    };
    jobs = jobs::spawn(system, {plan}, 1, dispatch, ledger, told);
  }
  ~one_job_planned() {
    caf::anon_send_exit(jobs, caf::exit_reason::kill);
    jobs = nullptr;
    caf::anon_send_exit(dispatch, caf::exit_reason::kill);
    {
      const std::lock_guard lock{seen.mutex};
      seen.asker = nullptr;
    }
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
  }

  bool begins(std::size_t attempt) {
    return until(60s, [&] { return seen.count() >= attempt; });
  }
  void crashes() {
    const std::lock_guard lock{seen.mutex};
    caf::anon_send_exit(seen.asker, caf::exit_reason::kill);
  }
  bool over() {
    const std::lock_guard lock{mutex};
    return all_ended;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_job_that_crashes, one_job_planned)

BOOST_AUTO_TEST_CASE(is_started_again_after_a_delay_and_goes_on_from_its_manifest) {
  BOOST_REQUIRE(begins(1));
  // Left by the work until now; who begins anew removes it.
  const auto made = out / "talk/video/720p/00000.m4s";
  std::filesystem::create_directories(made.parent_path());
  std::ofstream{made} << "made";
  const auto when = std::chrono::steady_clock::now();
  crashes();
  BOOST_REQUIRE(begins(2));
  BOOST_TEST((std::chrono::steady_clock::now() - when >= 80ms)); // 100 ms, a fifth up or down
  BOOST_TEST(seen.events == (std::vector<std::string>{"job-1 started", "job-1 resumed"}),
             boost::test_tools::per_element());
  BOOST_TEST(std::filesystem::exists(made));
  BOOST_TEST(std::filesystem::exists(out / "talk/.work/manifest.jsonl"));
  BOOST_TEST(!over());
  BOOST_TEST(ended.empty());
}

BOOST_AUTO_TEST_CASE(again_and_again_fails_once_its_budget_is_spent_and_says_whose_fault_it_is) {
  for (std::size_t attempt = 1; attempt <= 4; ++attempt) { // a start and three restarts
    BOOST_REQUIRE(begins(attempt));
    BOOST_TEST(!over());
    crashes();
  }
  BOOST_REQUIRE(until(60s, [&] { return over(); }));
  BOOST_TEST(seen.count() == 4U);
  BOOST_REQUIRE(ended.size() == 1U);
  BOOST_TEST(ended[0].name == "talk");
  BOOST_TEST(ended[0].state == "failed");
  BOOST_TEST((ended[0].why.whose == culprit::ours));
  BOOST_TEST(ended[0].why.what == "the engine failed on this job again and again");
  BOOST_TEST(ended[0].why.advice == "report it with job.json");
}

BOOST_AUTO_TEST_SUITE_END()
