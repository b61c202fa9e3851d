#include "actors/survey/folder_bytes.hpp"
#include "actors/survey/spawn.hpp"
#include "cluster/artefacts/receipt.hpp"
#include "cluster/ledger/kept.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <filesystem>
#include <fstream>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
namespace fs = std::filesystem;
using ledger::job_state;
using sums = std::map<std::string, std::uint64_t>;

/// SURVEY over a ledger in memory and real folders.
struct a_survey_of_a_folder : test::stepped_actors {
  test::temp_folder folder;
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  std::shared_ptr<resources::kept_book> book;
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  survey::actor who;
  std::function<void()> take_up_uploads;
  std::int64_t unix_ms = 4'000'000'000'000; // after any file of today was written to

  ~a_survey_of_a_folder() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
  }

  void begin() {
    book = std::make_shared<resources::kept_book>();
    survey::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.unix_ms = [this] { return unix_ms; };
    with.jobs = folder.path();
    with.book = book;
    with.detached = false;
    with.take_up_uploads = take_up_uploads;
    who = survey::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(who, caf::exit_reason::kill);
    who = nullptr;
    run();
  }
  void has_results(const std::string& id, std::size_t bytes) const {
    fs::create_directories(folder / id / "video");
    std::ofstream{folder / id / "video" / "0.m4s"} << std::string(bytes, 'x');
    std::ofstream{folder / id / "job.json"} << "{}";
  }
  void has_job(const std::string& id, job_state state, const std::string& tenant = "a") const {
    auto& it = store->jobs[id].record;
    it.what.id = id;
    it.what.tenant = tenant;
    it.state = state;
  }
  void ended(const std::string& id, const std::string& tenant = "a") {
    caf::anon_send(who, survey::count{id, tenant});
    run();
  }
  std::string body_of(const std::string& id) { return store->documents["kept/" + id].body; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_survey, a_survey_of_a_folder)

BOOST_AUTO_TEST_CASE(counts_every_name_of_a_file_and_nothing_that_lies_elsewhere) {
  has_results("one", 1'000);
  has_results("elsewhere", 50'000);
  fs::create_hard_link(folder / "one/video/0.m4s", folder / "one/again.m4s");
  fs::create_symlink(folder / "elsewhere/video/0.m4s", folder / "one/link");
  fs::create_directory_symlink(folder / "elsewhere", folder / "one/away");
  BOOST_TEST(survey::bytes_below(folder / "one") == 2'002U);
  BOOST_TEST(survey::bytes_below(folder / "none") == 0U);
}

BOOST_AUTO_TEST_CASE(counts_what_the_artefact_store_alone_has_and_no_file_twice) {
  has_results("one", 1'000);
  std::ofstream{folder / "one" / "master.m3u8"} << "12345";
  const auto before = survey::bytes_below(folder / "one");
  BOOST_TEST(before == 1'007U);
  fs::create_directory(folder / "one/.work");
  std::ofstream{artefacts::receipt_in(folder / "one")} << "5 master.m3u8\n1000 video/0.m4s\n";
  BOOST_TEST(survey::bytes_below(folder / "one") == before);
  fs::remove(folder / "one/master.m3u8");
  BOOST_TEST(survey::bytes_below(folder / "one") == before);
  fs::remove(folder / "one/video/0.m4s");
  BOOST_TEST(survey::bytes_below(folder / "one") == before);
  std::ofstream{folder / "one" / "new.txt"} << "1";
  BOOST_TEST(survey::bytes_below(folder / "one") == before + 1);
}

BOOST_AUTO_TEST_CASE(counts_a_job_at_its_end_and_remembers_it_over_a_restart) {
  begin();
  has_results("one", 998);
  has_results("two", 48);
  ended("one");
  ended("two", "b");
  BOOST_TEST((book->tenants() == sums{{"a", 1'000}, {"b", 50}}));
  BOOST_TEST(body_of("one") == R"({"tenant":"a","bytes":1000,"at_unix_ms":4000000000000})");
  end();
  store->documents["kept/two"].body = R"({"tenant":"b","bytes":77,"at_unix_ms":4000000000000})";
  begin(); // what is in the ledger holds: nothing is counted again
  BOOST_TEST((book->tenants() == sums{{"a", 1'000}, {"b", 77}}));
}

BOOST_AUTO_TEST_CASE(counts_a_job_that_was_done_again_anew) {
  begin();
  has_results("one", 998);
  ended("one");
  has_results("one", 8);
  ended("one");
  BOOST_TEST((book->tenants() == sums{{"a", 10}}));
  fs::remove_all(folder / "one");
  ended("one");
  BOOST_TEST(book->tenants().empty());
  BOOST_TEST(!store->documents.contains("kept/one"));
}

BOOST_AUTO_TEST_CASE(releases_what_is_removed) {
  begin();
  has_results("one", 998);
  ended("one");
  fs::remove_all(folder / "one");
  caf::anon_send(who, survey::forget{"one"});
  run();
  BOOST_TEST(book->tenants().empty());
  BOOST_TEST(!store->documents.contains("kept/one"));
}

BOOST_AUTO_TEST_CASE(makes_up_at_its_start_for_what_a_crash_came_before) {
  has_results("ended", 98);
  has_job("ended", job_state::succeeded);
  has_results("failed", 8);
  has_job("failed", job_state::failed, "b");
  has_results("open", 1'000);
  has_job("open", job_state::running);
  has_results("of_no_job", 1'000);
  has_results("done_again", 298);
  has_job("done_again", job_state::succeeded, "c");
  // Counted long before its folder was last written to.
  store->documents["kept/done_again"] = ledger::kept_of("done_again", {"c", 5, 1'000});
  store->documents["kept/gone"] = ledger::kept_of("gone", {"c", 500, unix_ms});
  begin();
  BOOST_TEST((book->tenants() == sums{{"a", 100}, {"b", 10}, {"c", 300}}));
  BOOST_TEST(!store->documents.contains("kept/gone"));
}

BOOST_AUTO_TEST_CASE(waits_for_a_database_that_is_away_and_loses_nothing_meanwhile) {
  has_results("early", 98);
  has_job("early", job_state::succeeded);
  store->trouble = "connection refused";
  begin();
  has_results("late", 8);
  ended("late");
  BOOST_TEST((book->tenants() == sums{{"a", 10}}));
  store->trouble.clear();
  pass(1'001ms);
  BOOST_TEST((book->tenants() == sums{{"a", 110}}));
  BOOST_TEST(store->documents.contains("kept/late"));
}

BOOST_AUTO_TEST_CASE(reads_only_what_it_has_written) {
  const auto back = ledger::kept_in(ledger::kept_of("one", {"a", 1'000, 7}));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->tenant == "a");
  BOOST_TEST(back->bytes == 1'000U);
  BOOST_TEST(back->at_unix_ms == 7);
  for (const char* other : {"", "{}", "[1]", R"({"tenant":"a","bytes":-1,"at_unix_ms":7})"})
    BOOST_TEST(!ledger::kept_in({ledger::kept_kind, "one", other}).has_value());
}

BOOST_AUTO_TEST_CASE(takes_up_the_uploads_before_it_counts_results) {
  has_results("a1", 98);
  has_job("a1", job_state::succeeded);
  std::vector<sums> seen;
  take_up_uploads = [&] { seen.push_back(book->tenants()); };
  begin();
  BOOST_TEST((seen == std::vector{sums{}}));
  BOOST_TEST((book->tenants() == sums{{"a", 100}}));
}

BOOST_AUTO_TEST_CASE(ends_with_an_error_where_the_uploads_cannot_be_read) {
  has_results("a1", 98);
  has_job("a1", job_state::succeeded);
  take_up_uploads = [] { throw std::runtime_error{"cannot open uploads"}; };
  begin();
  BOOST_TEST((book->tenants() == sums{})); // it is to be begun anew
}

BOOST_AUTO_TEST_SUITE_END()
