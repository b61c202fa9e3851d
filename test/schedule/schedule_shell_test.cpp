#include "actors/schedule/spawn.hpp"
#include "cluster/desk/instant.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using desk::refusal;

/// SCHEDULE over a ledger in memory, and a QUEUE that takes jobs or refuses them.
struct a_schedule_on_a_memory_ledger : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  std::int64_t unix_ms = desk::from_rfc3339("2026-12-01T02:59:58Z").value();
  desk::verdict says; ///< QUEUE to a submit
  std::vector<ledger::job> taken;
  std::vector<std::string> offered; ///< keys
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  queue::actor queue = system.spawn([this](queue::actor::pointer) { return behaviour(); });
  schedule::actor schedule;

  a_schedule_on_a_memory_ledger() { begin(); }
  ~a_schedule_on_a_memory_ledger() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    caf::anon_send_exit(queue, caf::exit_reason::kill);
    run();
  }

  void begin() {
    schedule::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.find_queue = [this] { return queue; };
    with.new_job_id = [this] { return "id-" + std::to_string(offered.size()); };
    with.unix_ms = [this] { return unix_ms; };
    schedule = schedule::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(schedule, caf::exit_reason::kill);
    schedule = nullptr;
    run();
  }
  queue::actor::behavior_type behaviour() {
    return {
        [this](const queue::submit& asked) {
          offered.push_back(asked.jobs.at(0).idempotency_key);
          if (says.ok())
            taken.push_back(asked.jobs.at(0));
          return queue::submitted{{{says, "", false}}};
        },
        [](const queue::order&) { return queue::ordered{}; },
        [](const queue::set_queue&) { return queue::ordered{}; },
        [](const queue::set_tenant&) { return queue::ordered{}; },
        [](const queue::look&) { return desk::overview{}; },
        [](const queue::drain&) { return queue::drained{}; },
        [](const queue::arrivals&) {},
        [](const queue::reset_source&) {},
    };
  }

  template <class Answer, class Question> Answer ask(Question what) {
    return answer_of<Answer>(schedule, std::move(what));
  }
  desk::verdict put(const std::string& cron, const std::string& name = "nightly") {
    desk::schedule what;
    what.name = name;
    what.cron = cron;
    what.what.source = "/films/talk.mp4";
    return ask<schedule::settled>(schedule::put{what}).how;
  }
  desk::schedule_views all() { return ask<desk::schedule_views>(schedule::look{}); }
  void pass_time(std::chrono::milliseconds span) {
    unix_ms += span.count();
    pass(span);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(schedule_the_actor, a_schedule_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(submits_a_job_when_its_time_comes_and_once) {
  BOOST_TEST(put("0 3 * * *").ok());
  pass_time(1'000ms);
  BOOST_TEST(taken.empty());
  pass_time(3'000ms);
  BOOST_REQUIRE(taken.size() == 1U);
  BOOST_TEST(taken[0].source == "/films/talk.mp4");
  BOOST_TEST(taken[0].output == taken[0].id);
  BOOST_TEST(taken[0].idempotency_key == "schedule/nightly/2026-12-01T03:00:00.000Z");
  pass_time(60'000ms);
  BOOST_TEST(offered.size() == 1U);
}

BOOST_AUTO_TEST_CASE(offers_a_job_again_until_it_is_taken) {
  says = {refusal::busy, "overloaded", "", 200};
  BOOST_TEST(put("0 3 * * *").ok());
  pass_time(6'000ms);
  BOOST_TEST(offered.size() >= 3U);
  says = {};
  pass_time(2'000ms);
  BOOST_TEST(taken.size() == 1U);
  const auto before = offered.size();
  pass_time(10'000ms);
  BOOST_TEST(offered.size() == before);
}

BOOST_AUTO_TEST_CASE(does_not_offer_again_what_is_refused_for_good) {
  says = {refusal::bad_request, "no such queue", "", 0};
  BOOST_TEST(put("0 3 * * *").ok());
  pass_time(20'000ms);
  BOOST_TEST(offered.size() == 1U);
}

BOOST_AUTO_TEST_CASE(knows_its_schedules_after_a_crash_and_makes_up_for_one_time) {
  BOOST_TEST(put("*/10 * * * *").ok());
  end();
  unix_ms += 3'300'000;
  begin();
  pass_time(1'000ms);
  BOOST_REQUIRE(taken.size() == 1U);
  BOOST_TEST(taken[0].idempotency_key == "schedule/nightly/2026-12-01T03:50:00.000Z");
  end();
  begin();
  pass_time(1'000ms);
  BOOST_TEST(taken.size() == 1U);
}

BOOST_AUTO_TEST_CASE(forgets_what_is_removed) {
  BOOST_TEST(put("0 3 * * *").ok());
  BOOST_TEST(ask<schedule::settled>(schedule::remove{"default", "other"}).how.what ==
             "there is no schedule default/other");
  BOOST_TEST(ask<schedule::settled>(schedule::remove{"default", "nightly"}).how.ok());
  BOOST_TEST(all().all.empty());
  BOOST_TEST(store->documents.empty());
  pass_time(5'000ms);
  BOOST_TEST(offered.empty());
}

BOOST_AUTO_TEST_CASE(is_changed_together_with_its_line_of_the_audit_log) {
  const auto line = [](const char* key) { return ledger::document{"audit", key, "{}"}; };
  const auto keys = [this] {
    std::string all;
    for (const auto& [name, one] : store->documents)
      all += name + " ";
    return all;
  };
  desk::schedule what;
  what.name = "nightly";
  what.cron = "0 3 * * *";
  what.what.source = "/films/talk.mp4";
  store->trouble = "connection refused";
  BOOST_TEST(!ask<schedule::settled>(schedule::put{what, line("0")}).how.ok());
  store->trouble.clear();
  BOOST_TEST(keys() == "");
  const auto before = store->writes;
  BOOST_TEST(ask<schedule::settled>(schedule::put{what, line("1")}).how.ok());
  BOOST_TEST(store->writes == before + 1);
  BOOST_TEST(keys() == "audit/1 schedule/default/nightly ");
  BOOST_TEST(!ask<schedule::settled>(schedule::remove{"default", "other", line("2")}).how.ok());
  BOOST_TEST(ask<schedule::settled>(schedule::remove{"default", "nightly", line("3")}).how.ok());
  BOOST_TEST(store->writes == before + 2);
  BOOST_TEST(keys() == "audit/1 audit/3 ");
}

BOOST_AUTO_TEST_CASE(keeps_nothing_that_is_not_committed) {
  store->trouble = "connection refused";
  BOOST_TEST((put("0 3 * * *").why == refusal::busy));
  BOOST_TEST(all().all.empty());
  store->trouble.clear();
  BOOST_TEST((put("61 3 * * *").why == refusal::bad_request));
  BOOST_TEST(all().all.empty());
}

BOOST_AUTO_TEST_CASE(waits_for_a_ledger_that_is_away_at_the_start) {
  BOOST_TEST(put("0 3 * * *").ok());
  end();
  store->trouble = "connection refused";
  begin();
  BOOST_TEST((all().how.why == refusal::busy));
  store->trouble.clear();
  pass_time(1'500ms);
  BOOST_TEST(all().all.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
