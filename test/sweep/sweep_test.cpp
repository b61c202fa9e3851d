#include "actors/sweep/spawn.hpp"
#include "cluster/desk/audit.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/ledger/results.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <filesystem>
#include <fstream>
#include <set>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using ledger::event_kind;

constexpr std::int64_t noon = 1'764'590'400'000;

/// SWEEP over a real SQLite ledger, with results that are one file each.
struct a_sweep_that_keeps_a_day : test::stepped_actors {
  test::temp_folder folder;
  std::filesystem::path jobs = folder / "jobs";
  std::string database = (folder / "video-doc.db").string();
  std::unique_ptr<ledger::store> store = ledger::open_store(database);
  std::int64_t unix_ms = noon;
  bool away = false;
  sweep::actor sweep;

  ~a_sweep_that_keeps_a_day() { end(); }

  std::chrono::hours keep{24};
  std::chrono::hours keep_audit{0};
  std::string removed; ///< "a b "
  bool has_store = false;
  bool notes = true;  ///< the ledger takes it that they are to be erased there
  std::string erased; ///< "a b "

  void begin() {
    sweep::means with;
    with.open = [this] {
      if (away)
        throw ledger::cannot_open{"connection refused", ""};
      return ledger::open_store(database);
    };
    with.unix_ms = [this] { return unix_ms; };
    with.removed = [this](const std::string& id) { removed += id + " "; };
    if (has_store)
      with.erase_in_store = [this](const std::string& id) {
        if (notes)
          erased += id + " ";
        return notes;
      };
    with.jobs = jobs;
    with.keep = keep;
    with.keep_audit = keep_audit;
    with.every = 10ms;
    with.pause = 1ms;
    with.detached = false;
    sweep = sweep::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(sweep, caf::exit_reason::kill);
    sweep = nullptr;
    run();
  }
  sweep::swept done() { return answer_of<sweep::swept>(sweep, sweep::look{}); }

  void has_results(const std::string& id) {
    std::filesystem::create_directories(jobs / id / "video");
    std::ofstream{jobs / id / "video" / "master.m3u8"} << "#EXTM3U\n";
  }
  /// A job that began at noon, and ended after `lasted` unless it still runs.
  void has_job(const std::string& id, std::optional<std::chrono::milliseconds> lasted) {
    ledger::job what;
    what.id = what.output = id;
    std::vector<ledger::entry> all{what};
    const auto add = [&](event_kind kind, std::chrono::milliseconds at) {
      ledger::event event;
      event.job_id = id;
      event.kind = kind;
      event.at_unix_ms = noon + at.count();
      all.emplace_back(event);
    };
    add(event_kind::started, 0ms);
    if (lasted)
      add(event_kind::succeeded, *lasted);
    store->write(all, noon);
    has_results(id);
  }
  /// The folders of results there are: "a b ".
  std::string folders() {
    std::set<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator{jobs})
      names.insert(each.path().filename());
    std::string text;
    for (const auto& name : names)
      text += name + " ";
    return text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_sweep, a_sweep_that_keeps_a_day)

BOOST_AUTO_TEST_CASE(removes_lines_of_the_audit_log_when_they_are_old) {
  constexpr int lines = 2'500;
  std::vector<ledger::entry> all{ledger::document{"schedule", "default/nightly", "{}"}};
  for (int i = 0; i < lines; ++i)
    all.emplace_back(
        desk::to_document({noon + i, "ann", "cancel", "a", ""}, "chance-" + std::to_string(i)));
  store->write(all, noon);
  const auto left = [&] { return store->read(desk::audit_kind, "", 10'000).all.size(); };
  begin();
  unix_ms = noon + 48LL * 3'600'000 + 2'400;
  for (int i = 0; i < 10; ++i)
    pass(10ms);
  BOOST_TEST(left() == static_cast<std::size_t>(lines)); // they stay unless it is said
  end();
  keep_audit = 48h;
  begin();
  for (int i = 0; i < 10; ++i)
    pass(10ms);
  BOOST_TEST(left() == 100U);
  BOOST_TEST(done().lines == 2'400U);
  const auto oldest = desk::audit_line_from(store->read(desk::audit_kind, "", 10'000).all.back());
  BOOST_TEST(oldest.value().at_unix_ms == noon + 2'400);
  BOOST_TEST(store->read("schedule", "", 10).all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(removes_jobs_a_day_after_their_end_with_history_and_results) {
  has_job("early", 1h);
  has_job("late", 2h);
  has_job("running", std::nullopt);
  unix_ms = noon + 25 * 3'600'000LL + 1;
  begin();
  pass(5ms);
  BOOST_TEST(folders() == "late running ");
  BOOST_TEST((store->find("early").result == ledger::outcome::unknown_job));
  BOOST_TEST(store->history_of("early").events.empty());
  BOOST_TEST((store->find("late").result == ledger::outcome::done));
  unix_ms += 3'600'000;
  pass(20ms);
  BOOST_TEST(folders() == "running ");
  BOOST_TEST(done().jobs == 2U);
  BOOST_TEST(done().folders == 2U);
  BOOST_TEST(removed == "early late ");
}

BOOST_AUTO_TEST_CASE(removes_what_an_earlier_life_left_behind_and_nothing_else) {
  has_job("known", 1h);
  has_results("orphan");
  has_results("outside");
  std::filesystem::rename(jobs / "outside", folder / "outside");
  begin();
  pass(5ms);
  BOOST_TEST(folders() == "known ");
  BOOST_TEST(std::filesystem::exists(folder / "outside"));
}

BOOST_AUTO_TEST_CASE(keeps_results_until_it_is_noted_that_the_store_is_to_lose_them_too) {
  has_job("early", 1h);
  has_results("orphan");
  unix_ms = noon + 26 * 3'600'000LL;
  has_store = true;
  notes = false;
  begin();
  pass(5ms);
  BOOST_TEST(folders() == "early orphan ");
  BOOST_TEST(removed == "");
  notes = true;
  pass(30ms);
  BOOST_TEST(folders() == "");
  BOOST_TEST(erased.find("early ") != std::string::npos);
  BOOST_TEST(erased.find("orphan ") != std::string::npos);
  BOOST_TEST(erased.size() == 13U); // each once
}

BOOST_AUTO_TEST_CASE(goes_through_more_than_one_batch) {
  std::vector<ledger::entry> all;
  for (int i = 0; i < 450; ++i) {
    ledger::job what;
    what.id = what.output = "job-" + std::to_string(i);
    all.emplace_back(what);
    for (const auto kind : {event_kind::started, event_kind::succeeded}) {
      ledger::event event;
      event.job_id = what.id;
      event.kind = kind;
      event.at_unix_ms = noon;
      all.emplace_back(event);
    }
  }
  store->write(all, noon);
  unix_ms = noon + 48 * 3'600'000LL;
  begin();
  pass(8ms);
  BOOST_TEST(done().jobs == 450U);
}

BOOST_AUTO_TEST_CASE(removes_dedupe_keys_whose_window_is_over_though_jobs_stay_for_ever) {
  std::vector<ledger::entry> all;
  for (int i = 0; i < 2'500; ++i) { // more than two pages
    ledger::job what;
    what.id = what.output = "job-" + std::to_string(i);
    what.dedupe_key = std::to_string(i);
    what.dedupe_window_ms = i % 5 == 0 ? 2'000 : 1'000;
    all.emplace_back(what);
  }
  store->write(all, noon);
  has_results("of nobody");
  keep = 0h;
  unix_ms = noon + 1'000;
  begin();
  pass(8ms);
  BOOST_TEST(done().dedupes == 2'000U);
  BOOST_TEST(store->read("dedupe", "", 5'000).all.size() == 500U);
  unix_ms = noon + 100 * 86'400'000LL;
  pass(20ms);
  BOOST_TEST(store->read("dedupe", "", 5'000).all.empty());
  BOOST_TEST((store->find("job-7").result == ledger::outcome::done));
  BOOST_TEST(folders() == "of nobody ");
}

BOOST_AUTO_TEST_CASE(removes_word_of_results_whose_job_is_gone) {
  has_job("known", 1h);
  std::vector<ledger::entry> words;
  words.reserve(452);
  for (int i = 0; i < 450; ++i) // more than two pages
    words.emplace_back(ledger::results_of("default/gone-" + std::to_string(i) + "/", "gone"));
  words.emplace_back(ledger::results_of("default/known/", "known"));
  words.emplace_back(ledger::document{"token", "gone", "{}"});
  store->write(words, noon);
  begin();
  pass(60ms);
  const auto left = store->read(ledger::results_kind, "", 1'000).all;
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST(ledger::job_of_results(left[0]) == "known");
  BOOST_TEST(done().words == 450U);
  BOOST_TEST(store->read("token", "", 10).all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(removes_nothing_while_the_ledger_is_away) {
  has_job("known", 1h);
  has_results("orphan");
  unix_ms = noon + 48 * 3'600'000LL;
  away = true;
  begin();
  pass(30ms);
  BOOST_TEST(folders() == "known orphan ");
  away = false;
  pass(30ms);
  BOOST_TEST(folders().empty());
}

BOOST_AUTO_TEST_SUITE_END()
