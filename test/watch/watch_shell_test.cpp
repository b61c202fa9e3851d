#include "actors/watch/spawn.hpp"
#include "cluster/desk/audit.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <filesystem>
#include <fstream>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using desk::refusal;
namespace fs = std::filesystem;

/// WATCH over a ledger in memory, and a QUEUE that keeps to keys, or refuses.
struct a_watch_on_a_memory_ledger : test::stepped_actors {
  test::temp_folder folder;
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  std::int64_t steady_ms = 1'000;
  desk::verdict says;             ///< QUEUE to a submit
  std::vector<ledger::job> taken; ///< by QUEUE
  int offered = 0;
  std::optional<ledger::document> line; ///< of the audit log, of the last submit
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  queue::actor queue = system.spawn([this](queue::actor::pointer) { return behaviour(); });
  watch::actor watch;

  a_watch_on_a_memory_ledger() { begin(); }
  ~a_watch_on_a_memory_ledger() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    caf::anon_send_exit(queue, caf::exit_reason::kill);
    run();
  }

  void begin() {
    watch::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.find_queue = [this] { return queue; };
    with.new_job_id = [this] { return "id-" + std::to_string(offered); };
    with.unix_ms = [] { return 1'764'590'400'000; };
    with.steady_ms = [this] { return steady_ms; };
    with.folder = folder.path();
    with.job.queue = "incoming";
    with.by.settle_ms = 5'000;
    with.detached = false;
    watch = watch::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(watch, caf::exit_reason::kill);
    watch = nullptr;
    run();
  }
  desk::admission take(const ledger::job& job) {
    ++offered;
    if (!says.ok())
      return {says, "", false};
    for (const auto& one : taken)
      if (one.idempotency_key == job.idempotency_key)
        return {{}, one.id, true};
    taken.push_back(job);
    return {{}, job.id, false};
  }
  queue::actor::behavior_type behaviour() {
    return {
        [this](const queue::submit& asked) {
          line = asked.line;
          queue::submitted all;
          for (const auto& job : asked.jobs)
            all.each.push_back(take(job));
          return all;
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
  void has(const std::string& name, const std::string& content = "video") const {
    std::ofstream{folder / name} << content;
  }
  void pass_time(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      steady_ms += 100;
      pass(100ms);
    }
  }
  watch::watched done() { return answer_of<watch::watched>(watch, watch::look{}); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(watch_the_actor, a_watch_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(makes_a_job_of_a_file_once_it_is_whole) {
  has("talk.mp4", "half");
  pass_time(4'000ms);
  has("talk.mp4", "all of it");
  pass_time(4'000ms);
  BOOST_TEST(taken.empty());
  pass_time(3'000ms);
  BOOST_REQUIRE(taken.size() == 1U);
  BOOST_TEST(taken[0].source == folder / "talk.mp4");
  BOOST_TEST(taken[0].queue == "incoming");
  BOOST_TEST(taken[0].output == taken[0].id);
  BOOST_TEST(!taken[0].idempotency_key.empty());
  BOOST_TEST(
      to_json(desk::audit_line_from(line.value()).value()) ==
      R"({"at":"2025-12-01T12:00:00.000Z","who":"watch folder","what":"submit","subject":""})");
  pass_time(60'000ms);
  BOOST_TEST(offered == 1);
  BOOST_TEST(done().submitted == 1U);
}

BOOST_AUTO_TEST_CASE(makes_no_second_job_of_it_in_its_next_life) {
  has("talk.mp4");
  pass_time(7'000ms);
  end();
  begin();
  pass_time(60'000ms);
  BOOST_TEST(offered == 1);
}

BOOST_AUTO_TEST_CASE(makes_no_second_job_of_it_when_it_dies_before_that_is_written_down) {
  has("talk.mp4");
  pass_time(7'000ms);
  store->documents.clear();
  end();
  begin();
  pass_time(7'000ms);
  BOOST_TEST(offered == 2);
  BOOST_TEST(taken.size() == 1U);
  BOOST_TEST(done().submitted == 0U);
}

BOOST_AUTO_TEST_CASE(waits_while_the_queue_is_busy_and_gives_up_what_is_refused_for_good) {
  says = {refusal::busy, "overloaded", "", 200};
  has("talk.mp4");
  pass_time(9'000ms);
  BOOST_TEST(offered >= 3);
  BOOST_TEST(done().open == 1U);
  says = {refusal::bad_request, "no such queue", "", 0};
  pass_time(2'000ms);
  const auto before = offered;
  says = {};
  pass_time(10'000ms);
  BOOST_TEST(offered == before);
  BOOST_TEST(done().refused == 1U);
}

BOOST_AUTO_TEST_CASE(writes_down_what_it_has_dealt_with_when_the_ledger_is_back) {
  has("talk.mp4");
  pass_time(4'500ms);
  store->trouble = "connection refused";
  pass_time(3'000ms);
  BOOST_TEST(taken.size() == 1U);
  BOOST_TEST(store->documents.empty());
  store->trouble.clear();
  pass_time(2'000ms);
  BOOST_TEST(store->documents.size() == 1U);
}

BOOST_AUTO_TEST_CASE(says_that_the_folder_is_gone_and_goes_on_when_it_is_back) {
  has("talk.mp4");
  pass_time(7'000ms);
  fs::rename(folder.path(), folder.path().string() + ".away");
  pass_time(2'000ms);
  BOOST_TEST(!done().trouble.empty());
  fs::rename(folder.path().string() + ".away", folder.path());
  has("more.mp4");
  pass_time(7'000ms);
  BOOST_TEST(done().trouble == "");
  BOOST_TEST(taken.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
