#include "actors/storekeeper/spawn.hpp"
#include "cluster/ledger/artefact_tasks.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/storekeeper/memory_store.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using artefacts::target;
using ledger::event_kind;
using storekeeper::erase;
using storekeeper::leave;
using storekeeper::publish;
using storekeeper::published;
using storekeeper::remembered;
using results = std::map<std::string, std::string>;
using strings = std::vector<std::string>;

const results films{{"a/v/1.m4s", "media"},
                    {"a/v/index.m3u8", "1.m4s"},
                    {"a/master.m3u8", "v/index.m3u8"},
                    {"a/job.json", "report"}};

/// STOREKEEPER over a ledger and two stores in memory, and one job, "a", whose results lie in a
/// folder.
struct a_storekeeper_on_memory : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> written = std::make_shared<test::memory_ledger>();
  std::shared_ptr<test::memory_shelf> store = std::make_shared<test::memory_shelf>();
  std::shared_ptr<test::memory_shelf> fallback = std::make_shared<test::memory_shelf>();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  test::temp_folder jobs;
  std::int64_t now_ms = 1'000;
  bool leads = true;
  bool has_fallback = true;
  ledger::actor ledger = test::spawn_ledger(system, written);
  ledger::reader reader = test::spawn_reader(system, written);
  storekeeper::actor keeper;

  a_storekeeper_on_memory() {
    ledger::job job;
    job.id = "a";
    ledger::write what;
    what.jobs = {job};
    written->write(what);
    happens(event_kind::started);
    for (const auto& [key, bytes] : films) {
      std::filesystem::create_directories((jobs / key).parent_path());
      std::ofstream{jobs / key} << bytes;
    }
    begin();
  }
  ~a_storekeeper_on_memory() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    run();
  }
  void begin() {
    storekeeper::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.unix_ms = [this] { return 1'764'590'400'000 + now_ms; };
    with.steady_ms = [this] { return now_ms; };
    with.connect = [this] { return std::make_unique<test::memory_store>(store); };
    if (has_fallback) {
      with.connect_fallback = [this] { return std::make_unique<test::memory_store>(fallback); };
      with.fallback_name = "/mnt/spare";
    }
    with.leads = [this] { return leads; };
    with.jobs = jobs.path();
    with.measures = measures;
    with.detached = false;
    keeper = storekeeper::spawn(system, std::move(with));
  }
  void end() {
    caf::anon_send_exit(keeper, caf::exit_reason::kill);
    keeper = nullptr;
    run();
  }
  void starts_anew() {
    end();
    begin();
    run();
  }
  void happens(event_kind kind) const {
    ledger::event what;
    what.job_id = "a";
    what.kind = kind;
    ledger::write all;
    all.events = {what};
    written->write(all);
  }
  void pass_time(std::chrono::milliseconds span) {
    run();
    for (; span.count() > 0; span -= 10ms) {
      now_ms += 10;
      steps.advance_time(10ms);
      run();
    }
  }
  template <class Answer, class Question> Answer answer_to(Question what) {
    return answer_of<Answer>(keeper, std::move(what));
  }
  /// What the ledger says is to be done.
  [[nodiscard]] std::optional<ledger::artefact_task> task() const {
    const auto found = written->documents.find("artefacts/a");
    return found == written->documents.end() ? std::nullopt
                                             : ledger::artefact_task_in(found->second);
  }
  [[nodiscard]] std::uint64_t counted(const char* result) const {
    return measures->artefacts.of({result}).value();
  }
  [[nodiscard]] long times_told_that_it_is_moved() const {
    const auto& history = written->jobs.at("a").history;
    return std::ranges::count_if(history, [](const ledger::event& one) {
      return one.cause == "the results are in the artefact store now";
    });
  }
  /// As a JOB does it, up to the end of its job.
  void put_into_fallback() {
    store->away = "no bucket";
    const auto no = answer_to<published>(publish{"a"});
    BOOST_TEST(!no.stored);
    BOOST_TEST(no.fallback == "/mnt/spare");
    BOOST_TEST(answer_to<published>(publish{"a", target::fallback}).stored);
    happens(event_kind::succeeded);
  }
};

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

using go_atom = caf::atom_constant<caf::atom("go")>;

/// Publishes as a JOB does, and asks the next STOREKEEPER when one dies.
caf::behavior a_job(caf::event_based_actor* self, a_storekeeper_on_memory* all) {
  self->set_down_handler(
      [=](const caf::down_msg&) { self->delayed_send(self, 1s, go_atom::value); });
  const auto is_down = [](const caf::error&) {};
  const auto ends = [=] {
    all->happens(event_kind::succeeded);
    self->quit();
  };
  return {[=](go_atom) {
    const auto keeper = all->keeper;
    if (!keeper) // is being started again
      return self->delayed_send(self, 100ms, go_atom::value);
    self->monitor(keeper);
    self->request(keeper, caf::infinite, publish{"a"})
        .then(
            [=](const published& it) {
              if (it.stored)
                return ends();
              self->request(keeper, caf::infinite, publish{"a", target::fallback})
                  .then(
                      [=](const published& there) {
                        if (there.stored)
                          return ends();
                        self->request(keeper, caf::infinite, leave{"a", there.why})
                            .then([=](const remembered&) { ends(); }, is_down);
                      },
                      is_down);
            },
            is_down);
  }};
}

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
    int message = 0;
    bool crashed = false;
    const auto turn = [&] {
      while (it.steps.try_run_once())
        if (message++ == last) {
          it.end();
          it.begin();
          crashed = true;
        }
    };
    const auto pass = [&](std::chrono::milliseconds span) {
      for (turn(); span.count() > 0; span -= 100ms) {
        it.now_ms += 100;
        it.steps.advance_time(100ms);
        turn();
      }
    };
    it.store->away = "no bucket";
    const auto job = it.system.spawn(a_job, &it);
    caf::anon_send(job, go_atom::value);
    pass(3'000ms);
    const bool has_ended = it.written->jobs.at("a").record.state == ledger::job_state::succeeded;
    if (has_ended)
      BOOST_TEST(nothing_is_lost(it), last);
    it.store->away.clear();
    pass(6'000ms);
    BOOST_TEST((it.written->jobs.at("a").record.state == ledger::job_state::succeeded), last);
    BOOST_TEST((it.store->objects == films), last);
    BOOST_TEST(it.fallback->objects.empty(), last);
    BOOST_TEST(it.written->documents.empty(), last);
    BOOST_TEST(it.times_told_that_it_is_moved() <= 1, last);
    crashes += crashed ? 1 : 0;
    more = crashed;
  }
  BOOST_TEST(crashes > 30);
  BOOST_TEST_MESSAGE(crashes << " crashes");
}

BOOST_AUTO_TEST_SUITE_END()
