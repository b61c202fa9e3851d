#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using words = std::vector<std::string>;

/// With a job that has ended, one that waits, one that failed, and something stored.
struct a_service_with_jobs : a_service {
  std::string done, waiting, failed, node;

  a_service_with_jobs() {
    start();
    done = submit({{"source", "/none"}, {"kind", "noop"}});
    waiting =
        submit({{"source", "/none"}, {"kind", "noop"}, {"not_before", "2999-01-01T00:00:00Z"}});
    failed = submit({{"source", "/nowhere/to/be/found.mp4"}});
    const auto upload = web_client{http()}.send(
        "POST", "/api/v1/uploads", "", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}});
    BOOST_TEST_REQUIRE(upload.status == 201U);
    BOOST_TEST_REQUIRE(wait_for(done, "succeeded", 20s), log());
    BOOST_TEST_REQUIRE(wait_for(failed, "failed", 30s), log());
    node = ask("CLUSTER", json::object())->at("leader");
  }
};

/// What each line of an output says; nothing when one of them is no JSON.
std::optional<std::vector<json>> lines_of(const std::string& out) {
  std::vector<json> all;
  std::istringstream lines{out};
  for (std::string line; std::getline(lines, line);) {
    all.push_back(json::parse(line, nullptr, false));
    if (!all.back().is_structured())
      return std::nullopt;
  }
  return all;
}

/// Names of the commands in the help of the program.
std::set<std::string> commands_in(const std::string& help) {
  std::set<std::string> all;
  std::istringstream lines{help.substr(help.find("Subcommands:"))};
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("  "))
    if (std::istringstream parts{line}; line.at(2) != ' ') {
      parts >> line;
      all.insert(line);
    }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(commands_of_a_client)

BOOST_FIXTURE_TEST_CASE(speak_json_to_machines, a_service_with_jobs) {
  const std::vector<words> table{{"submit", "/none", "--noop"},
                                 {"submit", "/none", "--noop", "--watch", "--events", events()},
                                 {"status", done},
                                 {"watch", done, "--events", events()},
                                 {"list"},
                                 {"retry", done},
                                 {"cancel", waiting},
                                 {"queues"},
                                 {"queues", "set", "night", "--pause"},
                                 {"queues", "tenants"},
                                 {"schedules", "put", "nightly", "0 3 * * *", "/a"},
                                 {"schedules"},
                                 {"schedules", "remove", "nightly"},
                                 {"deadletter"},
                                 {"deadletter", "replay"},
                                 {"cluster", "status"},
                                 {"cluster", "nodes"},
                                 {"cluster", "leader"},
                                 {"cluster", "quarantine"},
                                 {"cluster", "tree"},
                                 {"cluster", "breakers"},
                                 {"cluster", "hosts"},
                                 {"cluster", "cordon", node},
                                 {"cluster", "uncordon", node}};
  std::set<std::string> tried{"run", "serve", "ledger", "key", "token"}; // with tests of their own
  for (auto line : table) {
    tried.insert(line.front());
    line.emplace_back("--json");
    const auto came = run_client(line);
    BOOST_TEST_CONTEXT(came.story()) {
      BOOST_TEST(came.exit_code == 0);
      const auto said = lines_of(came.out);
      BOOST_TEST_REQUIRE(said.has_value());
      BOOST_TEST(!said->empty());
    }
  }
  BOOST_TEST(tried == commands_in(run(program({"--help"}), 10s).out),
             boost::test_tools::per_element());
  BOOST_TEST(run_client({"queues", "set", "night", "--resume"}).out.empty());
}

BOOST_FIXTURE_TEST_CASE(say_what_an_order_was_about, a_service_with_jobs) {
  const auto said = [&](words line) {
    line.emplace_back("--json");
    return json::parse(run_client(line).out);
  };
  BOOST_TEST(said({"queues", "set", "night", "--concurrency", "3"})["name"] == "night");
  BOOST_TEST(said({"schedules", "put", "nightly", "0 3 * * *", "/a"})["name"] == "nightly");
  BOOST_TEST(said({"schedules", "remove", "nightly"})["name"] == "nightly");
  BOOST_TEST(said({"cancel", waiting})["id"] == waiting);
  BOOST_TEST(said({"cluster", "cordon", node})["name"] == node);
}

BOOST_FIXTURE_TEST_CASE(make_and_revoke_tokens_for_machines, a_service) {
  const auto said = [&](words line) {
    line.insert(line.end(), {"--json", "--data", served().string()});
    return json::parse(run(program(line), 20s).out);
  };
  const auto made = said({"token", "create", "ann", "--tenant", "*", "--role", "admin"});
  BOOST_TEST(made["name"] == "ann");
  BOOST_TEST(made["token"].get<std::string>().starts_with("vdoc_"));
  const auto listed = said({"token", "list"});
  BOOST_TEST(listed["id"] == made["id"]);
  BOOST_TEST(!listed.contains("token"));
  start();
  web_client client{http()};
  const auto with_it = [&] {
    return client
        .get("/api/v1/jobs", {{"Authorization", "Bearer " + made["token"].get<std::string>()}})
        .status;
  };
  BOOST_TEST(until(20s, [&] { return with_it() == 200; }), log());
  BOOST_TEST(said({"token", "revoke", made["id"]})["id"] == made["id"]);
  BOOST_TEST(run(program({"token", "list", "--data", served().string()}), 20s).out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
