#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/ledger/postgres.hpp"
#include "test/ledger/store_contract.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using test::noon;
using test::of;
using test::results_of;
using test::talk;

struct an_empty_database {
  std::string url = test::shared_postgres().new_database();
  test::store_maker make{[this] { return open_store(url); }, [this] { return open_store(url); }};

  /// So many nodes at once; `what` gets the number of each and its store.
  template <class Work> void at_once(int nodes, const std::string& url, Work what) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(nodes));
    for (int node = 0; node < nodes; ++node)
      threads.emplace_back([&, node] {
        const auto own = open_store(url);
        what(static_cast<std::size_t>(node), *own);
      });
    for (auto& thread : threads)
      thread.join();
  }

  /// So many jobs are in the answers that several nodes got, each of them taken by one.
  void are_taken_once(const std::vector<std::vector<written>>& answers, std::size_t jobs) {
    std::map<std::string, int> first_ones;
    for (const auto& answer : answers)
      for (const auto& each : answer) {
        BOOST_TEST((each.result == outcome::done || each.result == outcome::known_already));
        first_ones[each.job_id] += each.result == outcome::done ? 1 : 0;
      }
    BOOST_TEST(first_ones.size() == jobs);
    for (const auto& [id, times] : first_ones)
      BOOST_TEST(times == 1);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_postgresql_ledger, an_empty_database)

#define OWES(clause)                                                                               \
  BOOST_AUTO_TEST_CASE(clause) {                                                                   \
    test::clause(make);                                                                            \
  }
VDOC_STORE_CONTRACT(OWES)
#undef OWES

BOOST_AUTO_TEST_CASE(is_set_up_by_several_nodes_at_once) {
  std::vector<std::thread> nodes;
  std::vector<int> found(6, -1);
  nodes.reserve(found.size());
  for (auto& one : found)
    nodes.emplace_back([&] { one = migrate(url).found; });
  for (auto& node : nodes)
    node.join();
  const auto needed = versions_of(url).needed;
  BOOST_TEST(std::count(found.begin(), found.end(), 0) == 1);
  BOOST_TEST(std::count(found.begin(), found.end(), needed) == 5);
  BOOST_TEST(versions_of(url).found == needed);
  BOOST_TEST(migrate(url).found == needed);
}

BOOST_AUTO_TEST_CASE(refuses_tables_of_a_newer_version) {
  migrate(url);
  // By a program of before the column `usable_from`, or by one that changed what we need.
  for (const auto* row : {"999, NULL", "1000, 1000"}) {
    postgres::session{url, {}}.run(
        std::string{"INSERT INTO migrations (name, number, usable_from) VALUES ('later', "} + row +
        ")");
    BOOST_CHECK_THROW(migrate(url), cannot_open);
    BOOST_CHECK_THROW(versions_of(url), cannot_open);
    BOOST_CHECK_THROW(check_tables(url), cannot_open);
    for (const auto what_for : {purpose::writing, purpose::reading})
      BOOST_TEST(open_store(url, what_for)->find("a").trouble.find("upgrade this node") !=
                 std::string::npos);
    BOOST_TEST((open_store(url)->write({talk()}, noon).each.at(0).result == outcome::store_down));
    BOOST_TEST(open_lease_store(url)->look("leader").trouble.find("upgrade this node") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(uses_tables_of_a_newer_version_that_only_added) {
  const auto known = migrate(url).needed;
  postgres::session with{url, {}};
  with.run("ALTER TABLE jobs ADD COLUMN colour text NOT NULL DEFAULT ''; INSERT INTO migrations "
           "(number, name, usable_from) VALUES (999, 'later', " +
           std::to_string(known) + ")");
  for (const auto& seen : {migrate(url), versions_of(url)}) {
    BOOST_TEST(seen.found == 999);
    BOOST_TEST(seen.needed == known);
    BOOST_TEST(seen.usable_from == known);
    BOOST_TEST(seen.are_usable());
  }
  check_tables(url);
  BOOST_TEST(results_of(open_store(url)->write({talk("a")}, noon)) == "done");
  BOOST_TEST((open_store(url, purpose::reading)->find("a").result == outcome::done));
  BOOST_TEST((open_lease_store(url)->take("leader", {}, "me", "").result == lease_outcome::done));
}

BOOST_AUTO_TEST_CASE(learns_from_when_on_old_tables_can_be_used) {
  // As a program of before the column left them.
  postgres::session with{url, {}};
  with.run(
      "CREATE SCHEMA video_doc; CREATE TABLE video_doc.migrations (number integer PRIMARY KEY, "
      "name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  for (const auto& one : postgresql_migrations().first(3))
    with.run(std::string{one.sql} + "; INSERT INTO migrations (number, name) VALUES (" +
             std::to_string(one.number) + ", 'one')");
  const auto before = versions_of(url);
  BOOST_TEST(before.found == 3);
  BOOST_TEST(before.usable_from == 3);
  BOOST_TEST(!before.are_usable());
  // Programs that use schema 3 would be locked out: nobody does that by being started.
  BOOST_CHECK_THROW(check_tables(url), cannot_open);
  BOOST_TEST(open_store(url)->find("a").trouble.find("needs " + std::to_string(before.needed)) !=
             std::string::npos);
  BOOST_TEST(versions_of(url).found == 3);
  const auto done = migrate(url);
  BOOST_TEST(done.found == 3);
  BOOST_TEST(done.usable_from == usable_from(postgresql_migrations()));
  BOOST_TEST(versions_of(url).usable_from == done.usable_from);
  check_tables(url);
}

BOOST_AUTO_TEST_CASE(never_lets_history_be_edited) {
  open_store(url)->write({talk("a")}, noon);
  postgres::session with{url, {}};
  BOOST_CHECK_THROW(with.run("UPDATE events SET cause = 'x'"), postgres::error);
  BOOST_CHECK_THROW(with.run("DELETE FROM events"), postgres::error);
}

BOOST_AUTO_TEST_CASE(mends_what_is_not_text) {
  const auto store = open_store(url);
  auto asked = talk();
  asked.source = "/in/caf\xe9.mp4";
  const std::string cause{"a\0b\xff", 4};
  BOOST_TEST(results_of(store->write({asked, of("job-1", event_kind::warned, cause)}, noon)) ==
             "done done");
  BOOST_TEST(store->find("job-1").what.what.source == "/in/caf\xef\xbf\xbd.mp4");
  BOOST_TEST(store->find("job-1").what.last_cause == "a\xef\xbf\xbd"
                                                     "b\xef\xbf\xbd");
  BOOST_TEST((store->find_last("/in/caf\xe9.mp4", "talk").result == outcome::done));
}

BOOST_AUTO_TEST_CASE(changes_nothing_when_it_is_opened_for_reading) {
  const auto early = open_store(url, purpose::reading);
  BOOST_TEST(early->find("job-1").trouble.find("schema 0 of 5") != std::string::npos);
  open_store(url)->write({talk()}, noon);
  const auto store = open_store(url, purpose::reading);
  BOOST_TEST((store->find("job-1").result == outcome::done));
  BOOST_TEST(store->write({talk("b")}, noon).trouble == "opened for reading");
  BOOST_TEST(store->remove_ended(noon * 2, 1).trouble == "opened for reading");
  BOOST_TEST(store->trouble() == "");
}

BOOST_AUTO_TEST_CASE(answers_from_a_replica_and_writes_nothing_there) {
  const auto store = open_store(url);
  store->write({talk("a"), of("a", event_kind::started)}, noon);
  const test::postgres_server replica{test::postgres_server::standby_of{test::shared_postgres()}};
  const auto name = url.find_first_not_of('/', url.find(':') + 1);
  const auto there = replica.url(url.substr(name, url.find('?') - name));
  const auto reader = open_store(there, purpose::reading);
  BOOST_TEST(reader->history_of("a").events.size() == 2u);
  store->write({of("a", event_kind::failed, "disk full")}, noon);
  BOOST_TEST(test::until(60s, [&] { return reader->find("a").what.state == job_state::failed; }));
  BOOST_TEST(test::pages_of(*reader, {}, 10) == "a");
  BOOST_TEST(reader->trouble() == "");
  BOOST_TEST(open_store(there)->write({talk("b")}, noon).trouble != "");
}

BOOST_AUTO_TEST_CASE(gives_each_idempotency_key_to_one_job_whoever_is_first) {
  constexpr int nodes = 4, keys = 150;
  migrate(url);
  std::vector<std::vector<written>> answers(nodes);
  at_once(nodes, url, [&](std::size_t node, ledger::store& store) {
    for (int first = 0; first < keys; first += 10) {
      std::vector<entry> batch;
      for (int key = first; key < first + 10; ++key) {
        auto asked = talk("");
        // Each node in another order, so that they get in each other's way.
        asked.idempotency_key = "key-" + std::to_string(node % 2 == 0 ? key : keys - 1 - key);
        batch.emplace_back(asked);
      }
      for (auto& each : store.write(batch, noon).each)
        answers[node].push_back(each);
    }
  });
  are_taken_once(answers, keys);
}

BOOST_AUTO_TEST_CASE(takes_one_job_of_a_dedupe_key_in_each_window_whoever_is_first) {
  constexpr int nodes = 4, keys = 40, windows = 3;
  migrate(url);
  std::vector<std::vector<written>> answers(nodes);
  at_once(nodes, url, [&](std::size_t node, ledger::store& store) {
    for (int key = 0; key < keys; ++key) {
      auto asked = talk("");
      asked.dedupe_key = std::to_string(node % 2 == 0 ? key : keys - 1 - key);
      asked.dedupe_window_ms = 1'000;
      auto other = asked;
      other.dedupe_key = std::to_string(node % 2 == 0 ? keys - 1 - key : key);
      for (auto& each : store.write({asked, other}, noon).each)
        answers[node].push_back(each);
    }
  });
  are_taken_once(answers, keys);
  // Nodes that meet a window that is over: one of them begins the next.
  for (int window = 1; window <= windows; ++window) {
    std::vector<std::string> results(nodes);
    at_once(nodes, url, [&](std::size_t node, ledger::store& store) {
      auto asked = talk("");
      asked.dedupe_key = "0";
      asked.dedupe_window_ms = 1'000;
      results[node] = test::results_of(store.write({asked}, noon + std::int64_t{1'000} * window));
    });
    BOOST_TEST(std::ranges::count(results, "done") == 1);
    BOOST_TEST(std::ranges::count(results, "known_already") == nodes - 1);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_events_of_a_job_in_order_when_several_nodes_write_them) {
  constexpr int nodes = 4, rounds = 40;
  const auto store = open_store(url);
  store->write({talk("a"), talk("b"), talk("c")}, noon);
  at_once(nodes, url, [&](std::size_t node, ledger::store& mine) {
    for (int round = 0; round < rounds; ++round) {
      std::vector<entry> batch;
      for (const char* id : {"a", "b", "c"})
        batch.emplace_back(of(id, round % 2 == 0 ? event_kind::resumed : event_kind::retrying));
      if (node % 2 == 1)
        std::reverse(batch.begin(), batch.end());
      batch.emplace_back(test::page("counter", std::to_string(node)));
      mine.write(batch, noon);
    }
  });
  for (const char* id : {"a", "b", "c"}) {
    const auto events = store->history_of(id).events;
    std::uint32_t attempts = 0;
    for (const auto& each : events) {
      attempts += begins_attempt(each.kind) ? 1 : 0;
      BOOST_TEST(each.attempt == attempts);
    }
    BOOST_TEST(attempts == std::uint32_t{nodes * rounds / 2});
    BOOST_TEST((store->find(id).what == sum_up(talk(id), events)));
  }
  BOOST_TEST(store->read("page", "", 1).all.at(0).version == nodes * rounds);
}

BOOST_AUTO_TEST_CASE(writes_what_follows_on_its_own_writes_in_one_statement) {
  const auto store = open_store(url);
  postgres::session seen{url, {}};
  const auto last_statement = [&] {
    const auto rows = seen.run("SELECT left(query, 6) FROM pg_stat_activity WHERE pid <> "
                               "pg_backend_pid() AND datname = current_database()");
    return std::string{rows.at(0).at(0).c_str()};
  };
  store->write({talk("a"), talk("b"), of("b", event_kind::started)}, noon);
  BOOST_TEST(last_statement() == "WITH n");
  store->write({of("a", event_kind::started, "x"), talk("c")}, noon + 1);
  BOOST_TEST(last_statement() == "WITH n");
  auto done = of("b", event_kind::succeeded);
  done.fence = 1;
  const auto end =
      store->write({of("a", event_kind::warned), done, of("a", event_kind::failed)}, noon + 2);
  BOOST_TEST(results_of(end) == "done done done");
  BOOST_TEST(last_statement() == "WITH n");
  for (const char* id : {"a", "b"}) {
    const auto events = store->history_of(id).events;
    BOOST_TEST((store->find(id).what == sum_up(talk(id), events)));
    BOOST_TEST(events.back().sequence == end.each.at(id[0] == 'a' ? 2 : 1).sequence);
  }
  BOOST_TEST(store->find("a").what.last_cause == "x");
  // An end is final: what comes after it is looked up, and refused.
  BOOST_TEST(results_of(store->write({of("a", event_kind::cancelled), of("c", event_kind::due)},
                                     noon + 3)) == "impossible impossible");
}

BOOST_AUTO_TEST_CASE(looks_again_when_somebody_else_has_written_of_a_job_meanwhile) {
  const auto mine = open_store(url), others = open_store(url);
  mine->write({talk("a"), of("a", event_kind::started), talk("b"), of("b", event_kind::started)},
              noon);
  others->write({of("a", event_kind::resumed, "mine now")}, noon + 1);
  auto stale = of("a", event_kind::succeeded), holds = of("b", event_kind::succeeded);
  stale.fence = holds.fence = 1;
  BOOST_TEST(results_of(mine->write({holds, stale, talk("c")}, noon + 2)) == "done stale done");
  BOOST_TEST((mine->find("a").what.state == job_state::running));
  BOOST_TEST(mine->find("a").what.attempts == 2u);
  BOOST_TEST((mine->find("b").what.state == job_state::succeeded));
  BOOST_TEST(mine->history_of("b").events.size() == 3u);
  // It has seen the job as it is now; a change that leaves the attempt alone is kept, too.
  others->write({of("a", event_kind::reprioritised, "", "7")}, noon + 3);
  auto end = of("a", event_kind::failed, "no space");
  end.fence = 2;
  BOOST_TEST(results_of(mine->write({end}, noon + 4)) == "done");
  auto expected = sum_up(talk("a"), mine->history_of("a").events);
  BOOST_TEST(expected.what.priority == 7);
  BOOST_TEST((mine->find("a").what == expected));
}

BOOST_AUTO_TEST_CASE(keeps_passwords_to_itself) {
  BOOST_TEST(shown_url("postgresql://ada:s3cret@db:5432/jobs?sslmode=require") ==
             "postgresql://ada@db:5432/jobs?sslmode=require");
  BOOST_TEST(shown_url("postgres://db/jobs?user=ada&password=s3cret&x=1") ==
             "postgres://db/jobs?user=ada&password=...&x=1");
  BOOST_TEST(shown_url("/data/video-doc.db") == "/data/video-doc.db");
}

BOOST_AUTO_TEST_SUITE_END()
