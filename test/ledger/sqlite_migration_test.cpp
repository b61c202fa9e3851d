#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "cluster/ledger/sqlite_store.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace vdoc;
using namespace vdoc::ledger;
using test::noon;

/// What `what` gives in each of several processes that all begin at the same moment.
std::vector<int> in_processes(std::size_t count, const std::function<int()>& what) {
  int gate[2];
  BOOST_REQUIRE(::pipe(gate) == 0);
  std::vector<pid_t> children(count);
  for (auto& child : children) {
    child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      ::close(gate[1]);
      char none = 0;
      const auto opened = ::read(gate[0], &none, 1);
      ::_exit(opened == 0 ? what() : 1);
    }
  }
  ::close(gate[0]);
  ::close(gate[1]);
  std::vector<int> codes;
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
  return codes;
}

/// A file as the first released version wrote it.
sqlite::connection first_version_of(const std::filesystem::path& file) {
  sqlite::connection db{file};
  db.run(std::string{sqlite_migrations().front().sql}.c_str());
  db.run("PRAGMA user_version = 1");
  return db;
}

struct an_old_file {
  test::temp_folder folder;
  std::filesystem::path file = folder / "video-doc.db";
  sqlite::connection db = first_version_of(file);

  void add(const std::string& id) {
    db.run(("INSERT INTO jobs VALUES ('" + id + "', '/in/talk.mp4', 'talk', '{}')").c_str());
  }
  void add(const event& happened) {
    sqlite::statement adding{db, "INSERT INTO events (job_id, kind, cause, detail, attempt, "
                                 "at_unix_ms) VALUES (?, ?, ?, ?, ?, ?)"};
    const auto kind = to_string(happened.kind);
    adding.bind(happened.job_id).bind(kind).bind(happened.cause).bind(happened.detail);
    adding.bind(happened.attempt).bind(happened.at_unix_ms).step();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_old_sqlite_file, an_old_file)

BOOST_AUTO_TEST_CASE(is_brought_up_to_what_its_events_amount_to) {
  const auto seed = std::random_device{}();
  std::mt19937 random{seed};
  const auto below = [&](int limit) {
    return std::uniform_int_distribution<>{0, limit - 1}(random);
  };
  for (int job = 0; job < 60; ++job) {
    const auto id = "job-" + std::to_string(job);
    add(id);
    auto next = test::of(id, event_kind::submitted);
    for (int left = below(9); left >= 0; --left) {
      next.at_unix_ms = noon + below(100'000);
      add(next);
      // The first version knew the kinds up to `cancelled` and let any of them follow any other.
      next.kind = static_cast<event_kind>(1 + below(static_cast<int>(event_kind::cancelled)));
      next.cause = below(2) == 0 ? "" : "cause " + std::to_string(below(100));
      next.detail = next.kind == event_kind::retrying ? std::to_string(below(1000)) : "";
      next.attempt += begins_attempt(next.kind) ? 1 : 0;
    }
  }
  const auto store = open_sqlite_store(file);
  for (int job = 0; job < 60; ++job) {
    const auto id = "job-" + std::to_string(job);
    const auto kept = store->find(id).what;
    const auto sum = sum_up(test::talk(id), store->history_of(id).events);
    BOOST_TEST((kept == sum), id << " of seed " << seed << ": " << to_string(kept.state)
                                 << " instead of " << to_string(sum.state));
  }
}

BOOST_AUTO_TEST_CASE(goes_on_with_its_jobs) {
  add("old");
  auto submitted = test::of("old", event_kind::submitted);
  submitted.at_unix_ms = noon;
  add(submitted);
  const auto store = open_sqlite_store(file);
  BOOST_TEST(test::results_of(store->write(
                 {test::talk("old"), test::of("old", event_kind::started), test::talk("new")},
                 noon + 1)) == "done done done");
  BOOST_TEST(store->find("old").what.what.tenant == "default");
  BOOST_TEST(test::pages_of(*store, {}, 10) == "old new");
  BOOST_TEST(store->find_last("/in/talk.mp4", "talk").what.what.id == "new");
  BOOST_TEST(store->find("new").what.last_sequence == 3u);
}

BOOST_AUTO_TEST_CASE(is_brought_up_to_date_once_by_several_processes_at_once) {
  const auto needed = static_cast<int>(sqlite_migrations().size());
  for (int round = 0; round < 10; ++round) {
    const auto which = folder / (std::to_string(round) + ".db");
    const int before = round % 2; // no file, or one of the first version
    if (before == 1)
      first_version_of(which);
    const auto found = in_processes(6, [&] {
      try {
        return 100 + migrate_sqlite(which).found;
      } catch (const std::exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
      }
    });
    BOOST_TEST(std::ranges::count(found, 100 + before) == 1);
    BOOST_TEST(std::ranges::count(found, 100 + needed) == 5);
  }
}

BOOST_AUTO_TEST_CASE(knows_from_when_on_it_can_be_used) {
  BOOST_CHECK_THROW(check_usable(versions_of_sqlite(file), "it"), cannot_open);
  BOOST_TEST(versions_of_sqlite(file).usable_from == 1);
  const auto done = migrate_sqlite(file);
  BOOST_TEST(done.found == 1);
  BOOST_TEST(done.usable_from == usable_from(sqlite_migrations()));
  BOOST_TEST(versions_of_sqlite(file).usable_from == done.usable_from);
}

BOOST_AUTO_TEST_CASE(is_left_alone_when_it_is_up_to_date) {
  open_sqlite_store(file);
  const auto version = db.number("PRAGMA data_version");
  open_sqlite_store(file);
  BOOST_TEST(db.number("PRAGMA data_version") == version);
  BOOST_TEST(db.number("PRAGMA user_version") ==
             static_cast<std::int64_t>(sqlite_migrations().size()));
}

BOOST_AUTO_TEST_SUITE_END()
