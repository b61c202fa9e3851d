#include "cluster/desk/inbox.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/postgres_listener.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <map>
#include <random>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using test::noon;
using test::of;
using test::results_of;
using test::talk;
using test::until;
using steady = std::chrono::steady_clock;

struct a_server_of_its_own {
  test::postgres_server server;
  std::string url = server.new_database();
  std::unique_ptr<store> where = open_store(url);

  std::string ask(const std::string& sql) const {
    return server.sql("SET search_path = video_doc; " + sql, "test_1");
  }
  [[nodiscard]] bool waits_for(const std::string& kind) const {
    return ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'test_1' AND "
               "wait_event_type = '" +
               kind + "' AND state = 'active'") != "0";
  }
  [[nodiscard]] bool is_there(const std::string& id) const {
    return ask("SELECT count(*) FROM jobs WHERE id = '" + id + "'") == "1";
  }
};

std::chrono::milliseconds since(steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_ledger_whose_server_fails, a_server_of_its_own)

BOOST_AUTO_TEST_CASE(goes_on_after_a_restart_as_if_nothing_had_been) {
  where->write({talk("a")}, noon);
  const auto reader = open_store(url, purpose::reading);
  BOOST_TEST((reader->find("a").result == outcome::done));
  server.restart();
  BOOST_TEST(results_of(where->write({talk("b")}, noon)) == "done");
  BOOST_TEST((reader->find("b").result == outcome::done));
}

BOOST_AUTO_TEST_CASE(says_at_once_that_the_server_is_away_and_finds_it_again) {
  where->write({talk("a")}, noon);
  server.stop();
  const auto begun = steady::now();
  BOOST_TEST((where->write({talk("b")}, noon).each.at(0).result == outcome::store_down));
  BOOST_TEST((where->find("a").result == outcome::store_down));
  BOOST_TEST(where->trouble() != "");
  BOOST_TEST(since(begun) < 5s);
  server.start();
  BOOST_TEST(where->trouble() == "");
  BOOST_TEST(results_of(where->write({talk("b")}, noon)) == "done");
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_ever_for_a_server_that_has_stopped) {
  where->write({talk("a")}, noon);
  server.pause();
  const auto begun = steady::now();
  const auto done = where->write({talk("b")}, noon);
  BOOST_TEST(done.trouble != "");
  BOOST_TEST(since(begun) < 20s);
  server.resume();
  BOOST_TEST(until(60s, [&] { return where->trouble().empty(); }));
  // It was sent whole, and may have been written when the server went on: that is known now.
  BOOST_TEST(done.doubt != "");
  const auto became = where->fate_of(done.doubt);
  BOOST_TEST((became != fate::not_known_yet));
  BOOST_TEST((became == fate::written) == is_there("b"));
  BOOST_TEST(results_of(where->write({talk("b")}, noon)) == "done");
  BOOST_TEST(where->history_of("b").events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(knows_that_nothing_was_written_when_a_server_stops_that_was_asked_first) {
  open_store(url)->write({talk("a")}, noon); // by somebody else: it has to be looked up
  where->write({talk("c")}, noon);
  server.pause();
  const auto done = where->write({talk("b"), of("a", event_kind::started)}, noon);
  BOOST_TEST(done.trouble != "");
  BOOST_TEST(done.doubt == "");
  BOOST_TEST(done.each.size() == 2u);
  BOOST_TEST((done.each.at(0).result == outcome::store_down));
  server.resume();
  BOOST_TEST(until(60s, [&] { return where->trouble().empty(); }));
  BOOST_TEST(!is_there("b"));
}

BOOST_AUTO_TEST_CASE(does_a_batch_again_whose_connection_was_cut_before_the_commit) {
  where->write({talk("a")}, noon);
  postgres::session other{url, {}};
  other.run("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
  auto done = std::async(std::launch::async, [&] {
    return where->write({talk("b"), of("a", event_kind::started)}, noon);
  });
  BOOST_REQUIRE(until(10s, [&] { return waits_for("Lock"); }));
  ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  other.run("COMMIT");
  BOOST_TEST(results_of(done.get()) == "done done");
  BOOST_TEST(where->find("a").what.attempts == 1u);
  BOOST_TEST(where->history_of("b").events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_say_of_a_commit_in_doubt_that_nothing_was_written) {
  where->write({talk("a")}, noon);
  // A commit waits for a replica that is not there: it is on the disk, and nobody is told.
  server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server.sql("SELECT pg_reload_conf()");
  const auto other = open_store(url);
  std::future<batch_written> probe; // the server takes its time to heed it
  const auto is_over = [&] { return probe.wait_for(0s) == std::future_status::ready; };
  do {
    probe =
        std::async(std::launch::async, [&] { return other->write({test::page("p", "1")}, noon); });
    until(60s, [&] { return is_over() || waits_for("IPC"); });
  } while (is_over());
  const auto done = where->write({talk("b"), of("b", event_kind::started)}, noon);
  BOOST_TEST(done.trouble != "");
  BOOST_REQUIRE(done.doubt != "");
  BOOST_TEST((done.each.at(0).result == outcome::done)); // if it was written
  BOOST_TEST((where->fate_of(done.doubt) == fate::not_known_yet));
  server.sql("ALTER SYSTEM RESET synchronous_standby_names");
  server.sql("SELECT pg_reload_conf()");
  auto known = fate::not_known_yet;
  BOOST_TEST(until(60s, [&] {
    known = where->fate_of(done.doubt);
    return known != fate::not_known_yet;
  }));
  BOOST_TEST((known == fate::written));
  BOOST_TEST(where->find("b").what.attempts == 1u);
  BOOST_TEST((open_store(url)->fate_of(done.doubt) == fate::written));
  BOOST_TEST((open_store(url)->fate_of("nobody/1") == fate::not_written));
}

BOOST_AUTO_TEST_CASE(keeps_a_transaction_from_committing_once_it_has_been_given_up) {
  where->write({talk("a")}, noon);
  postgres::session other{url, {}};
  other.run("BEGIN; LOCK TABLE jobs IN SHARE MODE"); // reads go on, writes wait
  auto late = std::async(std::launch::async, [&] { return where->write({talk("b")}, noon); });
  BOOST_REQUIRE(until(10s, [&] { return waits_for("Lock"); }));
  // As if the connection of that writer had been lost: another one asks what became of it.
  const auto writer = ask("SELECT id FROM writers ORDER BY opened_at LIMIT 1");
  auto fate_asked =
      std::async(std::launch::async, [&] { return open_store(url)->fate_of(writer + "/2"); });
  BOOST_TEST(until(10s, [&] {
    return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "2";
  }));
  other.run("COMMIT");
  // Whoever is first: what is said is what is.
  const auto said = fate_asked.get();
  const auto done = late.get();
  BOOST_TEST((said == fate::written) == (results_of(done) == "done" && is_there("b")));
  BOOST_TEST(results_of(where->write({talk("c")}, noon)) == "done");
}

BOOST_AUTO_TEST_CASE(tells_the_truth_about_every_batch_while_the_server_is_killed) {
  const auto seed = std::random_device{}();
  std::mt19937 random{seed};
  where->write({talk("a")}, noon);
  std::atomic<bool> over{false};
  std::atomic<int> well{0};
  std::map<std::string, batch_written> answers;
  std::thread writer{[&] {
    for (int i = 0; !over; ++i) {
      const auto id = "job-" + std::to_string(i);
      auto done = where->write({talk(id), of(id, event_kind::started)}, noon);
      const bool failed = !done.trouble.empty();
      answers.emplace(id, std::move(done));
      well += failed ? 0 : 1;
      if (failed)
        until(60s, [&] { return over || where->trouble().empty(); });
    }
  }};
  for (int round = 0; round < 12; ++round) {
    until(std::chrono::milliseconds{std::uniform_int_distribution<>{20, 300}(random)},
          [] { return false; });
    server.kill();
    server.start();
  }
  until(1s, [] { return false; });
  until(60s, [&] { return well > 12; });
  over = true;
  writer.join();

  std::map<std::string, int> said;
  for (const auto& [id, done] : answers) {
    const auto events = where->history_of(id).events.size();
    auto what = done.trouble.empty() ? "done" : "store_down";
    if (!done.doubt.empty())
      what = where->fate_of(done.doubt) == fate::written ? "doubt: written" : "doubt: not written";
    ++said[what];
    const bool is_written =
        std::string_view{what} == "done" || std::string_view{what} == "doubt: written";
    BOOST_TEST(events == (is_written ? 2u : 0u),
               id << " was said to be " << what << ", seed " << seed);
  }
  for (const auto& [what, times] : said)
    BOOST_TEST_MESSAGE(what << ": " << times);
  BOOST_TEST(said["done"] > 12);
}

BOOST_AUTO_TEST_CASE(hears_of_every_letter_and_connects_again) {
  std::atomic<int> heard = 0;
  const postgres_listener listener{url, desk::inbox_channel, [&] { ++heard; }};
  const auto heard_is = [&](int times) { return until(60s, [&] { return heard == times; }); };
  BOOST_REQUIRE(heard_is(1)); // it is connected
  const auto letter = [](const char* key) {
    auto it = test::page(key, "1");
    it.kind = desk::inbox_kind;
    return it;
  };
  BOOST_TEST(results_of(where->write({talk("a"), letter("1")}, noon)) == "done done");
  BOOST_REQUIRE(heard_is(2));
  BOOST_TEST(results_of(where->write({talk("b"), test::page("p", "1")}, noon)) == "done done");
  server.kill();
  server.start();
  BOOST_REQUIRE(heard_is(3)); // only that it is connected again
  open_store(url)->write({letter("2")}, noon);
  BOOST_REQUIRE(heard_is(4));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_ledger_whose_server_has_no_connections_left_comes_back_when_there_are) {
  test::postgres_server server{test::postgres_server::disk::not_synced,
                               {"max_connections=5", "superuser_reserved_connections=2"}};
  server.new_database();
  server.sql("CREATE ROLE app LOGIN; GRANT ALL ON DATABASE test_1 TO app");
  auto url = server.url("test_1");
  url.replace(url.find("user=postgres"), 13, "user=app");
  std::vector<std::unique_ptr<postgres::session>> others;
  others.reserve(3);
  for (int i = 0; i < 3; ++i)
    others.push_back(std::make_unique<postgres::session>(url, postgres::patience{}));
  const auto where = open_store(url);
  BOOST_TEST(where->write({talk("a")}, noon).trouble.find("connection") != std::string::npos);
  others.clear();
  BOOST_TEST(until(60s, [&] { return where->trouble().empty(); }));
  BOOST_TEST(results_of(where->write({talk("a")}, noon)) == "done");
}
