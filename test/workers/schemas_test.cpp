#include "cluster/ledger/migrations.hpp"
#include "cluster/membership/own_protocols.hpp"
#include "test/support/until.hpp"
#include "test/workers/another_version.hpp"
#include "test/workers/candidates.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using ledger::event_kind;
using nlohmann::json;

const json a_job{{"source", "/none"}, {"kind", "noop"}};

/// Two nodes that may lead: `leader` knows the tables of today, and b one schema more.
struct a_ledger_that_is_upgraded : candidates {
  const int known = static_cast<int>(ledger::postgresql_migrations().size());
  const std::string at_b = local(free_port());

  std::map<std::string, std::string> later(const std::string& schema) const {
    const auto now = membership::own_protocols().newest;
    return {{"ANOTHER_VERSION_SPEAKS", versions(now, now + 1)}, {"ANOTHER_VERSION_SCHEMA", schema}};
  }
  void start_older() {
    prepare(leader, "leader", {"--listen", place()});
    leader.start();
    BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
  }
  void prepare_newer(const std::string& schema) {
    prepare(b, "b", {"--listen", at_b});
    b.environment.merge(later(schema));
    b.words_before = another_version;
  }
  /// A command of the older or the newer program on this database.
  outcome run_older(std::vector<std::string> words) const {
    auto line = a_service::program(std::move(words));
    line.environment["DATABASE_URL"] = database;
    return run(line, 120s);
  }
  outcome run_newer(std::vector<std::string> words, const std::string& schema) const {
    auto line = a_service::program(std::move(words));
    line.words.insert(line.words.begin(), another_version.begin(), another_version.end());
    line.environment = later(schema);
    line.environment["DATABASE_URL"] = database;
    return run(line, 120s);
  }
  std::string schema() const {
    const auto name = database.find("///") + 3;
    return server.sql("SELECT number || ' from ' || usable_from FROM video_doc.migrations "
                      "ORDER BY number DESC LIMIT 1",
                      database.substr(name, database.find('?') - name));
  }
  std::string expected(int from) const {
    return std::to_string(known + 1) + " from " + std::to_string(from);
  }
  std::string refusal() const {
    return database + " has schema " + std::to_string(known + 1) + ", usable from " +
           std::to_string(known + 1) + "; this program knows " + std::to_string(known) +
           ": upgrade this node";
  }
  static bool leads(a_service& it) {
    return until(60s, [&] {
      const auto now = it.ask("PING", json::object(), 400ms).value_or(json::object());
      return now.value("leads", false) && now.value("ready", false);
    });
  }
  /// A job that is taken in there is done.
  void takes_a_job(a_service& it) {
    json taken;
    BOOST_REQUIRE_MESSAGE(until(60s,
                                [&] {
                                  taken = it.ask("SUBMIT", a_job).value_or(json::object());
                                  return taken.value("code", "") == "OK";
                                }),
                          taken.dump() + whole_story());
    BOOST_TEST(it.wait_for(taken.at("id"), "succeeded", 90s), whole_story());
  }
};

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(nodes_that_know_different_schemas, a_ledger_that_is_upgraded)

BOOST_AUTO_TEST_CASE(lead_in_turns_where_the_newer_one_only_adds) {
  start_older();
  const auto id = submit_and_wait_for_work();
  prepare_newer("adds");
  b.start();
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=b/host-1"), whole_story());
  BOOST_TEST(schema() == expected(known));

  leader.kill_node();
  BOOST_REQUIRE_MESSAGE(leads(b), whole_story());
  leader.start();
  BOOST_REQUIRE_MESSAGE(says(b, "media host takes work  host=leader/host-1"), whole_story());
  takes_a_job(leader);

  server.restart();
  takes_a_job(leader);
  takes_a_job(b);
  BOOST_TEST(b.log().find("this node leads no more") == std::string::npos, whole_story());
  BOOST_TEST(b.state_of(id) == "running");

  b.kill_node();
  BOOST_REQUIRE_MESSAGE(leads(leader), whole_story());
  b.start();
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=b/host-1"), whole_story());
  takes_a_job(b);
  ended_well(leader, id);
  BOOST_TEST(count_of(id, event_kind::started) == 1u);
  BOOST_TEST(count_of(id, event_kind::resumed) == 2u);

  const auto says_so = database + ": schema " + std::to_string(known + 1) + ", usable from " +
                       std::to_string(known) + "; this program knows " + std::to_string(known);
  BOOST_TEST(run_older({"ledger", "check"}).out == says_so + "\n");
  BOOST_TEST(run_older({"ledger", "migrate"}).out == says_so + ", nothing to do\n");
  BOOST_TEST(run_older({"ledger", "jobs"}).out.find(id) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_not_locked_out_by_one_that_is_only_started) {
  start_older();
  prepare_newer("breaks");
  b.start();
  BOOST_TEST(b.ends_by_itself(60s) == 1, b.log());
  BOOST_TEST(
      b.log().find(database + " has schema " + std::to_string(known) + ", and this program needs " +
                   std::to_string(known + 1) + ", usable from " + std::to_string(known + 1) +
                   "; stop all nodes, then run `video-doc ledger migrate`") != std::string::npos,
      b.log());
  BOOST_TEST(lines_of(b.log()) == 1u, b.log());
  takes_a_job(leader);
  BOOST_TEST(run_older({"ledger", "check"}).succeeded());
}

BOOST_AUTO_TEST_CASE(are_refused_where_they_cannot_live_with_what_was_changed) {
  start_older();
  takes_a_job(leader);
  const auto migrated = run_newer({"ledger", "migrate"}, "breaks");
  BOOST_TEST(migrated.out == database + ": brought from schema " + std::to_string(known) + " to " +
                                 std::to_string(known + 1) + ", usable from " +
                                 std::to_string(known + 1) + "\n",
             migrated.story());
  // Who still runs finds out when it connects anew, says so and leaves the lead to others.
  server.restart();
  BOOST_TEST(hears(refusal()), story());
  const auto refused = leader.ask("SUBMIT", a_job).value();
  BOOST_TEST(refused.at("code") == "busy");
  BOOST_TEST(refused.dump().find("upgrade this node") != std::string::npos, refused.dump());
  BOOST_TEST(leader.ask("PING", json::object())->at("ready") == false);
  prepare_newer("breaks");
  b.start();
  BOOST_REQUIRE_MESSAGE(leads(b), whole_story());
  takes_a_job(b);

  BOOST_TEST(leader.stop() == 0, story());
  leader.start();
  BOOST_TEST(leader.ends_by_itself(60s) == 1, story());
  BOOST_TEST(leader.log().find(refusal()) != std::string::npos, story());
  BOOST_TEST(lines_of(leader.log()) == 1u, story());
  for (const auto* command : {"check", "migrate", "jobs"}) {
    const auto done = run_older({"ledger", command});
    BOOST_TEST(done.exit_code == 1);
    BOOST_TEST(done.err == "video-doc: " + refusal() + "\n");
  }
}

BOOST_AUTO_TEST_CASE(know_it_of_a_file_as_well) {
  database = (folder / "jobs.db").string();
  const auto before = std::to_string(ledger::sqlite_migrations().size());
  const auto after = std::to_string(ledger::sqlite_migrations().size() + 1);
  BOOST_TEST(run_older({"ledger", "migrate"}).succeeded());
  BOOST_TEST(run_newer({"ledger", "migrate"}, "adds").out == database + ": brought from schema " +
                                                                 before + " to " + after +
                                                                 ", usable from " + before + "\n");
  const auto seen = run_older({"ledger", "check"});
  BOOST_TEST(seen.exit_code == 0);
  BOOST_TEST(seen.out == database + ": schema " + after + ", usable from " + before +
                             "; this program knows " + before + "\n");
  a_service alone;
  alone.environment["VIDEO_DOC_LEDGER_DATABASE"] = database;
  alone.start();
  takes_a_job(alone);
  BOOST_TEST(alone.stop() == 0, alone.log());

  std::filesystem::remove(database);
  BOOST_TEST(run_newer({"ledger", "migrate"}, "breaks").succeeded());
  const auto refused = run_older({"ledger", "check"});
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(refused.err == "video-doc: " + database + " has schema " + after + ", usable from " +
                                after + "; this program knows " + before + ": upgrade this node\n");
}

BOOST_AUTO_TEST_SUITE_END()
