#include "cluster/ledger/open_store.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/command.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

test::command ledger_line(const std::vector<std::string>& words,
                          std::map<std::string, std::string> environment = {}) {
  const char* binary = std::getenv("VIDEO_DOC_BINARY"); // NOLINT(concurrency-mt-unsafe)
  if (binary == nullptr)
    throw std::runtime_error{"VIDEO_DOC_BINARY has to name the engine under test"};
  test::command line{{binary, "ledger"}, std::move(environment), {}};
  line.words.insert(line.words.end(), words.begin(), words.end());
  return line;
}

/// What it says, and its exit code if that is not 0.
std::string said(const test::outcome& done) {
  auto all = done.out + done.err;
  return done.exit_code == 0 ? all : all + "exit " + std::to_string(done.exit_code);
}
std::string said(const std::vector<std::string>& words,
                 std::map<std::string, std::string> environment = {}) {
  return said(test::run(ledger_line(words, std::move(environment)), 120s));
}

/// `ledger migrate` in so many processes at once: how many of them changed something, and nothing.
std::pair<int, int> migrate_in_processes(int count, const std::string& database) {
  std::vector<std::unique_ptr<test::running_command>> nodes;
  nodes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    nodes.push_back(
        std::make_unique<test::running_command>(ledger_line({"migrate", "--database", database})));
  std::pair<int, int> found{0, 0};
  for (const auto& node : nodes) {
    const auto done = node->wait(120s);
    BOOST_TEST(done.exit_code == 0, done.story());
    found.first += done.out.find("brought from schema 0") != std::string::npos ? 1 : 0;
    found.second += done.out.find("nothing to do") != std::string::npos ? 1 : 0;
  }
  return found;
}

void write_two_jobs(const std::string& database) {
  const auto store = ledger::open_store(database);
  auto second = test::talk("b");
  second.source = "/in/two.mp4";
  store->write({test::talk("a"), second}, test::noon);
  store->write({test::of("a", ledger::event_kind::started),
                test::of("a", ledger::event_kind::failed, "disk full")},
               test::noon + 5000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(video_doc_ledger)

BOOST_AUTO_TEST_CASE(sets_up_a_file_once) {
  const test::temp_folder folder;
  const auto file = (folder / "jobs.db").string();
  BOOST_TEST(said({"check", "--database", file}) == file + ": schema 0 of 4\nexit 1");
  BOOST_TEST(!std::filesystem::exists(file));
  BOOST_TEST(said({"migrate", "--database", file}) ==
             file + ": brought from schema 0 to 4, usable from 4\n");
  BOOST_TEST(said({"migrate", "--database", file}) == file + ": schema 4 of 4, nothing to do\n");
  BOOST_TEST(said({"check", "--database", file}) == file + ": schema 4 of 4\n");
}

BOOST_AUTO_TEST_CASE(sets_up_a_server_once_however_many_nodes_try) {
  const auto database = test::shared_postgres().new_database();
  BOOST_TEST(said({"check", "--database", database}) == database + ": schema 0 of 5\nexit 1");
  BOOST_TEST((migrate_in_processes(8, database) == std::pair{1, 7}));
  BOOST_TEST((migrate_in_processes(4, database) == std::pair{0, 4}));
  BOOST_TEST(said({"check", "--database", database}) == database + ": schema 5 of 5\n");
}

BOOST_AUTO_TEST_CASE(takes_the_database_from_the_environment) {
  const auto database = test::shared_postgres().new_database();
  BOOST_TEST(said({"migrate"}, {{"DATABASE_URL", database}}) ==
             database + ": brought from schema 0 to 5, usable from 5\n");
}

BOOST_AUTO_TEST_CASE(lists_jobs_and_what_happened_to_them) {
  const test::temp_folder folder;
  for (const auto& database :
       {(folder / "jobs.db").string(), test::shared_postgres().new_database()}) {
    write_two_jobs(database);
    BOOST_TEST(said({"jobs", "--database", database}) ==
               "b  queued       0    2023-11-14T22:13:20Z  /in/two.mp4\n"
               "a  failed       1    2023-11-14T22:13:20Z  /in/talk.mp4  (disk full)\n");
    BOOST_TEST(said({"jobs", "--database", database, "--most", "1"}) ==
               "b  queued       0    2023-11-14T22:13:20Z  /in/two.mp4\n");
    BOOST_TEST(said({"jobs", "--database", database, "--state", "failed", "--json"}) ==
               R"({"id":"a","state":"failed","attempts":1,"source":"/in/talk.mp4","output":"talk",)"
               R"("cause":"disk full","submitted_at":"2023-11-14T22:13:20Z",)"
               R"("changed_at":"2023-11-14T22:13:25Z"})"
               "\n");
    BOOST_TEST(said({"jobs", "--database", database, "--text", "TWO"}).starts_with("b  queued"));
    BOOST_TEST(said({"history", "a", "--database", database}) ==
               "2023-11-14T22:13:20Z  0    submitted\n"
               "2023-11-14T22:13:25Z  1    started\n"
               "2023-11-14T22:13:25Z  1    failed: disk full\n");
    BOOST_TEST(said({"history", "c", "--database", database}) ==
               "video-doc: no job has the id c\nexit 1");
    // Where there is a replica it is the one that is asked.
    BOOST_TEST(said({"history", "b"}, {{"VIDEO_DOC_LEDGER_REPLICA", database},
                                       {"DATABASE_URL", "postgresql://127.0.0.1:1/jobs"}}) ==
               "2023-11-14T22:13:20Z  0    submitted\n");
  }
}

BOOST_AUTO_TEST_CASE(follows_a_job_to_its_end) {
  const test::temp_folder folder;
  for (const auto& database :
       {(folder / "jobs.db").string(), test::shared_postgres().new_database()}) {
    write_two_jobs(database);
    test::running_command follower{
        ledger_line({"history", "b", "--follow", "--database", database})};
    BOOST_REQUIRE(test::until(60s, [&] { return !follower.out_so_far().empty(); }));
    const auto store = ledger::open_store(database);
    store->write({test::of("b", ledger::event_kind::started)}, test::noon);
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(test::until(
        5s, [&] { return follower.out_so_far().find("started") != std::string::npos; }));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
    store->write({test::of("b", ledger::event_kind::cancelled, "by hand")}, test::noon + 1000);
    BOOST_TEST(said(follower.wait(60s)) == "2023-11-14T22:13:20Z  0    submitted\n"
                                           "2023-11-14T22:13:20Z  1    started\n"
                                           "2023-11-14T22:13:21Z  1    cancelled: by hand\n");
  }
}

BOOST_AUTO_TEST_CASE(makes_no_tables_to_list_what_is_in_them) {
  const test::temp_folder folder;
  const auto file = (folder / "jobs.db").string();
  BOOST_TEST(said({"jobs", "--database", file}) ==
             "video-doc: " + file +
                 " has the tables of schema 0 of 4\nrun `video-doc ledger migrate`\nexit 1");
  BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_without_a_password) {
  const auto none = said({"check", "--database", "postgresql://ada:s3cret@127.0.0.1:1/jobs"});
  BOOST_TEST(none.starts_with("video-doc: postgresql://ada@127.0.0.1:1/jobs cannot be used: "));
  BOOST_TEST(none.find("s3cret") == std::string::npos);
  BOOST_TEST(none.ends_with("exit 1"));
  BOOST_TEST(said({"migrate", "--database", "mysql://db/jobs"}) ==
             "video-doc: the ledger knows no database at mysql://\n"
             "give a postgresql:// URL, or the path of an SQLite file\nexit 1");
}

BOOST_AUTO_TEST_SUITE_END()
