#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "cluster/ledger/sqlite_store.hpp"
#include "test/ledger/store_contract.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc;
using namespace vdoc::ledger;

struct an_empty_folder {
  test::temp_folder folder;
  std::filesystem::path file = folder / "video-doc.db";
  test::store_maker make{[this] { return open_sqlite_store(file); },
                         [this] { return open_sqlite_store(file); }};

  std::string refusal() {
    try {
      open_sqlite_store(file);
    } catch (const cannot_open& why) {
      return why.what();
    }
    return "opened";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_sqlite_ledger, an_empty_folder)

#define OWES(clause)                                                                               \
  BOOST_AUTO_TEST_CASE(clause) {                                                                   \
    test::clause(make);                                                                            \
  }
VDOC_STORE_CONTRACT(OWES)
#undef OWES

BOOST_AUTO_TEST_CASE(refuses_a_file_of_a_newer_version) {
  open_sqlite_store(file);
  // By a program of before the table `migrations`, or by one that changed what we need.
  for (const auto* as : {"PRAGMA user_version = 98", "PRAGMA user_version = 99; INSERT INTO "
                                                     "migrations VALUES (99, 'later', 99)"}) {
    sqlite::connection{file}.run(as);
    BOOST_TEST(refusal().find(": upgrade this node") != std::string::npos);
    BOOST_CHECK_THROW(migrate_sqlite(file), cannot_open);
    BOOST_CHECK_THROW(versions_of_sqlite(file), cannot_open);
    BOOST_CHECK_THROW(open_lease_store(file), cannot_open);
  }
}

BOOST_AUTO_TEST_CASE(uses_a_file_of_a_newer_version_that_only_added) {
  const auto known = migrate_sqlite(file).needed;
  sqlite::connection{file}.run(
      ("ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT ''; PRAGMA user_version = 99; "
       "INSERT INTO migrations VALUES (99, 'later', " +
       std::to_string(known) + ")")
          .c_str());
  for (const auto& seen : {migrate_sqlite(file), versions_of_sqlite(file)}) {
    BOOST_TEST(seen.found == 99);
    BOOST_TEST(seen.needed == known);
    BOOST_TEST(seen.usable_from == known);
    BOOST_TEST(seen.are_usable());
  }
  BOOST_TEST(test::results_of(open_sqlite_store(file)->write({test::talk("a")}, 1)) == "done");
  BOOST_TEST((open_lease_store(file)->take("leader", {}, "me", "").result == lease_outcome::done));
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_is_something_else) {
  std::ofstream{file} << std::string(5000, 'x');
  BOOST_TEST(refusal().find("not a database") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_folder_that_is_not_there) {
  file = folder / "nowhere/video-doc.db";
  BOOST_TEST(refusal().find("cannot be opened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(never_lets_history_be_edited) {
  open_sqlite_store(file)->write({test::talk("a")}, 1);
  sqlite::connection db{file};
  BOOST_CHECK_THROW(db.run("UPDATE events SET cause = 'x'"), sqlite::error);
  BOOST_CHECK_THROW(db.run("DELETE FROM events"), sqlite::error);
}

BOOST_AUTO_TEST_CASE(writes_nothing_while_another_process_holds_the_file) {
  const auto store = open_sqlite_store(file, std::chrono::milliseconds{20});
  store->write({test::talk("a")}, 1);
  sqlite::connection other{file};
  other.run("BEGIN IMMEDIATE");
  const auto done = store->write({test::of("a", event_kind::started)}, 2);
  BOOST_TEST(done.trouble.find("locked") != std::string::npos);
  BOOST_TEST((done.each.at(0).result == outcome::store_down));
  other.run("ROLLBACK");
  BOOST_TEST(store->history_of("a").events.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
