#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/postgres.hpp"
#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using vdoc::ledger::postgres::patience;
using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun);
}

json noop(const std::string& key) {
  return {{"source", "/none"}, {"kind", "noop"}, {"idempotency_key", key}};
}

/// On a PostgreSQL of its own, as a user who is not its superuser.
struct a_service_whose_database_can_go : a_service {
  postgres_server server{
      postgres_server::disk::not_synced,
      {"max_connections=40", "superuser_reserved_connections=3", "log_connections=off"}};
  std::unique_ptr<web_client> client;

  a_service_whose_database_can_go() {
    server.new_database();
    server.sql(
        "CREATE ROLE app LOGIN; CREATE ROLE greedy LOGIN; GRANT ALL ON DATABASE test_1 TO app");
    environment["DATABASE_URL"] = url_of("app");
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  [[nodiscard]] std::string url_of(const std::string& role) const {
    auto url = server.url("test_1");
    url.replace(url.find("user=postgres"), 13, "user=" + role);
    return url;
  }
  heard post(const json& job) { return client->send("POST", "/api/v1/jobs", job.dump()); }

  /// Of a job over HTTP, and another one over ZeroMQ: that they come in time, and say why.
  void check_that_it_says_why(const std::string& why) {
    const auto begun = steady::now();
    const auto refused = post(noop("refused over HTTP"));
    BOOST_TEST((since(begun) < 10s));
    BOOST_TEST(refused.status == 503u, refused.body);
    const auto seconds = refused.header("retry-after");
    BOOST_TEST(!seconds.empty());
    BOOST_TEST(std::stoi("0" + seconds) >= 1);
    const auto problem = json::parse(refused.body);
    BOOST_TEST(problem["code"] == "busy");
    BOOST_TEST(problem["message"].get<std::string>().find("ledger") != std::string::npos,
               refused.body);
    BOOST_TEST(problem["message"].get<std::string>().find(why) != std::string::npos, refused.body);
    const auto at = steady::now();
    const auto busy = ask("SUBMIT", noop("refused over ZeroMQ"), 10s);
    BOOST_TEST_REQUIRE(busy.has_value(), log());
    BOOST_TEST((since(at) < 3s)); // the breaker is open
    BOOST_TEST(busy->at("code") == "busy");
    BOOST_TEST(busy->at("error").at("retry_after_ms").get<int>() > 0);
    const auto ready = client->get("/readyz");
    BOOST_TEST(ready.status == 503u);
    BOOST_TEST(ready.body.find("ledger") != std::string::npos, ready.body);
  }
  /// That it takes jobs within two seconds, over both doors, and starts them.
  void check_that_it_works_again() {
    const auto back = steady::now();
    BOOST_TEST(until(60s, [&] { return post(noop("back")).status / 100 == 2; }), log());
    BOOST_TEST(ask("SUBMIT", noop("back"))->at("code") == "OK");
    BOOST_TEST_MESSAGE("takes jobs " << since(back).count() << " ms after its return");
    // Within two seconds where nothing else works on the machine.
    BOOST_TEST((since(back) < 2s), since(back).count() << " ms; " << log());
    BOOST_TEST(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
    const auto known = ask("SUBMIT", noop("back"));
    BOOST_TEST(wait_for(known->at("id"), "succeeded", 60s), log());
  }
  /// Ids of jobs that it has acknowledged.
  std::set<std::string> some_jobs(const std::string& when, int how_many) {
    std::set<std::string> ids;
    for (int i = 0; i < how_many; ++i)
      ids.insert(submit(noop(when + std::to_string(i))));
    return ids;
  }
  /// That all of these have ended well, and nothing was done twice.
  void check_that_nothing_is_lost(const std::set<std::string>& ids) {
    for (const auto& id : ids)
      BOOST_TEST(wait_for(id, "succeeded", 300s), id << " " << log());
    BOOST_TEST(wait_until_nothing_is_open(20s));
    BOOST_TEST(server.sql("SELECT count(*) FROM video_doc.events WHERE kind = 'succeeded' "
                          "GROUP BY job_id HAVING count(*) > 1",
                          "test_1") == "");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_without_its_database, a_service_whose_database_can_go)

BOOST_AUTO_TEST_CASE(says_so_while_it_is_stopped) {
  auto ids = some_jobs("before", 20);
  server.stop();
  check_that_it_says_why("");
  BOOST_TEST(client->get("/api/v1/jobs/" + *ids.begin()).status == 503u);
  server.start();
  check_that_it_works_again();
  ids.merge(some_jobs("after", 20));
  check_that_nothing_is_lost(ids);
}

BOOST_AUTO_TEST_CASE(says_so_while_it_stands_still) {
  auto ids = some_jobs("before", 20);
  const auto film = submit({{"source", make(source_named("mp4_a_minute")).string()},
                            {"spec", {{"document", false}, {"captions", "off"}}}});
  BOOST_TEST_REQUIRE(wait_for(film, "running", 60s), log());
  auto later = noop("due while it stands still");
  constexpr std::int64_t soon_ms = 3'000;
  later["not_before"] = vdoc::ledger::unix_ms_now() + soon_ms;
  ids.merge(std::set{film, submit(later)});
  server.pause();
  check_that_it_says_why("");
  server.resume();
  check_that_it_works_again();
  // What was refused may have been written all the same: by its key it is there once.
  for (const char* key : {"refused over HTTP", "refused over ZeroMQ"})
    ids.insert(submit(noop(key)));
  ids.merge(some_jobs("after", 20));
  check_that_nothing_is_lost(ids);
}

BOOST_AUTO_TEST_CASE(says_so_while_it_has_no_connections_left) {
  auto ids = some_jobs("before", 20);
  server.sql("ALTER ROLE app CONNECTION LIMIT 0; "
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
  std::vector<std::unique_ptr<vdoc::ledger::postgres::session>> greedy;
  for (bool refused = false; !refused;)
    try {
      greedy.push_back(
          std::make_unique<vdoc::ledger::postgres::session>(url_of("greedy"), patience{}));
    } catch (const vdoc::ledger::postgres::error& why) {
      BOOST_TEST_MESSAGE(greedy.size() << " connections of others: " << why.what());
      refused = true;
    }
  server.sql("ALTER ROLE app CONNECTION LIMIT -1");
  BOOST_TEST(until(60s, [&] { return post(noop("none")).body.find("slots") != std::string::npos; }),
             log());
  check_that_it_says_why("slots");
  greedy.clear();
  check_that_it_works_again();
  ids.merge(some_jobs("after", 20));
  check_that_nothing_is_lost(ids);
}

BOOST_AUTO_TEST_SUITE_END()
