#include "test/support/command.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

test::command ledger(const std::vector<std::string>& words,
                     std::map<std::string, std::string> environment = {}) {
  const char* binary = std::getenv("VIDEO_DOC_BINARY"); // NOLINT(concurrency-mt-unsafe)
  BOOST_REQUIRE(binary != nullptr);
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
  return said(test::run(ledger(words, std::move(environment)), 30s));
}

/// `ledger migrate` in so many processes at once: how many of them changed something, and nothing.
std::pair<int, int> migrate_in_processes(int count, const std::string& database) {
  std::vector<std::unique_ptr<test::running_command>> nodes;
  for (int i = 0; i < count; ++i)
    nodes.push_back(
        std::make_unique<test::running_command>(ledger({"migrate", "--database", database})));
  std::pair<int, int> found{0, 0};
  for (const auto& node : nodes) {
    const auto done = node->wait(30s);
    BOOST_TEST(done.exit_code == 0, done.story());
    found.first += done.out.find("brought from schema 0") != std::string::npos ? 1 : 0;
    found.second += done.out.find("nothing to do") != std::string::npos ? 1 : 0;
  }
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(video_doc_ledger)

BOOST_AUTO_TEST_CASE(sets_up_a_file_once) {
  const test::temp_folder folder;
  const auto file = (folder / "jobs.db").string();
  BOOST_TEST(said({"check", "--database", file}) == file + ": schema 0 of 2\nexit 1");
  BOOST_TEST(!std::filesystem::exists(file));
  BOOST_TEST(said({"migrate", "--database", file}) == file + ": brought from schema 0 to 2\n");
  BOOST_TEST(said({"migrate", "--database", file}) == file + ": schema 2 of 2, nothing to do\n");
  BOOST_TEST(said({"check", "--database", file}) == file + ": schema 2 of 2\n");
}

BOOST_AUTO_TEST_CASE(sets_up_a_server_once_however_many_nodes_try) {
  const auto database = test::shared_postgres().new_database();
  BOOST_TEST(said({"check", "--database", database}) == database + ": schema 0 of 1\nexit 1");
  BOOST_TEST((migrate_in_processes(8, database) == std::pair{1, 7}));
  BOOST_TEST((migrate_in_processes(4, database) == std::pair{0, 4}));
  BOOST_TEST(said({"check", "--database", database}) == database + ": schema 1 of 1\n");
}

BOOST_AUTO_TEST_CASE(takes_the_database_from_the_environment) {
  const auto database = test::shared_postgres().new_database();
  BOOST_TEST(said({"migrate"}, {{"DATABASE_URL", database}}) ==
             database + ": brought from schema 0 to 1\n");
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
