#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/small_disk.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

json noop() {
  return {{"source", "/none"}, {"kind", "noop"}};
}

bool is_ready(a_service& it) {
  return it.ask("PING", json::object()).value_or(json::object()).value("ready", false);
}

bool takes_jobs(a_service& it) {
  return it.ask("SUBMIT", noop()).value_or(json::object()).value("code", "") == "OK";
}

/// Whether a list has this job.
bool lists(a_service& it, const std::string& id) {
  const auto page = it.ask("LIST", {{"most", 500}});
  if (!page || page->at("code") != "OK")
    return false;
  for (const auto& one : page->at("jobs"))
    if (one["id"] == id)
      return true;
  return false;
}

struct a_service_with_a_replica : a_service {
  postgres_server primary;
  std::unique_ptr<postgres_server> replica;

  a_service_with_a_replica() {
    environment["DATABASE_URL"] = primary.url();
    replica = std::make_unique<postgres_server>(postgres_server::standby_of{primary});
    environment["VIDEO_DOC_LEDGER_REPLICA"] = replica->url();
    start();
    BOOST_TEST_REQUIRE(until(60s, [&] { return is_ready(*this); }), log());
  }
};

/// Kinds and causes of what a job has gone through: "submitted() started() "; "" without an answer.
std::string history_of(web_client& client, const std::string& id) {
  const auto answer = client.get("/api/v1/jobs/" + id + "/history");
  std::string all;
  if (answer.status != 200)
    return all;
  const auto read = json::parse(answer.body);
  for (const auto& one : read.at("events"))
    all += one.at("kind").get<std::string>() + "(" + one.value("cause", "") + ") ";
  return all;
}

/// On a PostgreSQL whose tables lie on a disk of sixteen megabytes.
struct a_service_on_a_small_database : a_service {
  small_disk disk{16, "postgres"};
  postgres_server server;

  a_service_on_a_small_database() {
    server.sql("CREATE TABLESPACE small LOCATION '" + disk.path().string() + "'");
    server.sql("CREATE DATABASE small TABLESPACE small");
    environment["DATABASE_URL"] = server.url("small");
    start();
    BOOST_TEST_REQUIRE(until(60s, [&] { return is_ready(*this); }), log());
  }
  std::optional<json> submit_much() {
    return ask("SUBMIT", {{"source", "/none"},
                          {"kind", "noop"},
                          {"not_before", "2999-01-01T00:00:00Z"},
                          {"labels", {{"much", std::string(200, 'x')}}}});
  }
};

boost::test_tools::assertion_result may_mount(boost::unit_test::test_unit_id /*test*/) {
  return small_disk::may_be();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_service_and_its_databases)

BOOST_FIXTURE_TEST_CASE(lists_from_its_replica_and_without_one_from_where_it_writes,
                        a_service_with_a_replica) {
  const auto first = submit(noop());
  BOOST_TEST(until(60s, [&] { return lists(*this, first); }), log());
  replica->sql("SELECT pg_wal_replay_pause()");
  const auto second = submit(noop());
  BOOST_TEST(wait_for(second, "succeeded", 60s), log()); // told by the database it writes into
  BOOST_TEST(!lists(*this, second));
  BOOST_TEST(lists(*this, first));
  replica->stop();
  BOOST_TEST(until(60s, [&] { return lists(*this, second); }), log());
  BOOST_TEST(run_client({"list"}).out.find(second) != std::string::npos);
  replica->start();
  const auto third = submit(noop());
  BOOST_TEST(until(60s, [&] { return lists(*this, third); }), log());
}

BOOST_FIXTURE_TEST_CASE(tells_histories_from_its_replica_unless_there_is_more_to_tell,
                        a_service_with_a_replica) {
  web_client client{http()};
  const std::string done = "submitted() started() succeeded() ";
  const auto first = submit(noop());
  BOOST_TEST_REQUIRE(wait_for(first, "succeeded", 60s), log());
  const auto of_first = " FROM video_doc.events WHERE job_id = '" + first + "'";
  BOOST_TEST_REQUIRE(until(60s, [&] { return replica->sql("SELECT count(*)" + of_first) == "3"; }));
  replica->sql("SELECT pg_wal_replay_pause()");
  BOOST_TEST_REQUIRE(until(
      10s, [&] { return replica->sql("SELECT pg_get_wal_replay_pause_state()") == "paused"; }));
  // To tell the two apart. Otherwise a trigger keeps history from being changed.
  primary.sql("SET session_replication_role = replica; "
              "UPDATE video_doc.events SET cause = 'x' WHERE job_id = '" +
              first + "'");
  BOOST_TEST(history_of(client, first) == done);
  const auto second = submit(noop());
  BOOST_TEST_REQUIRE(wait_for(second, "succeeded", 60s), log());
  BOOST_TEST(history_of(client, second) == done); // of which the replica knows nothing
  replica->stop();
  BOOST_TEST(until(
      10s, [&] { return history_of(client, first) == "submitted(x) started(x) succeeded(x) "; }));
}

BOOST_TEST_DECORATOR(*boost::unit_test::precondition(may_mount))
BOOST_FIXTURE_TEST_CASE(takes_nothing_while_the_disk_of_postgresql_is_full_and_then_goes_on,
                        a_service_on_a_small_database) {
  const auto before = submit(noop());
  BOOST_TEST(wait_for(before, "succeeded", 60s), log());
  disk.fill();
  std::vector<std::string> acknowledged;
  json refused;
  for (int i = 0; i < 10'000 && refused.empty(); ++i) {
    const auto answer = submit_much();
    BOOST_REQUIRE(answer.has_value());
    if (answer->at("code") == "OK")
      acknowledged.push_back(answer->at("id"));
    else
      refused = *answer;
  }
  BOOST_TEST_REQUIRE(!refused.empty());
  BOOST_TEST(refused["code"] == "busy");
  BOOST_TEST(refused["error"]["message"].get<std::string>().find("No space left") !=
                 std::string::npos,
             refused.dump());
  BOOST_TEST(refused["error"]["retry_after_ms"].get<int>() > 0);
  BOOST_TEST(!is_ready(*this));
  disk.make_room();
  BOOST_TEST(until(60s, [&] { return takes_jobs(*this); }), log());
  for (const auto& id : acknowledged)
    BOOST_TEST_REQUIRE(state_of(id) == "scheduled");
  BOOST_TEST(wait_for(submit(noop()), "succeeded", 60s), log());
}

BOOST_AUTO_TEST_SUITE_END()
