#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// Which asks for the token of an administrator.
struct a_service_that_knows_its_callers : a_service {
  std::unique_ptr<web_client> client;
  web_client::headers bearer;

  a_service_that_knows_its_callers() {
    begin();
    const auto made = run(program({"token", "create", "ann", "--role", "admin", "--tenant", "*",
                                   "--data", served().string()}),
                          60s);
    BOOST_TEST_REQUIRE(made.exit_code == 0, made.story());
    bearer = {{"Authorization", "Bearer " + made.out.substr(0, made.out.find('\n'))}};
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/api/v1/jobs").status == 401; }));
  }
  void begin() {
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  /// The ids of the jobs that were acknowledged.
  std::vector<std::string> submit_over_http(const json& what) const {
    const auto taken = client->send("POST", "/api/v1/jobs", what.dump(), bearer);
    BOOST_TEST_REQUIRE(taken.status == 201U, taken.body);
    const auto body = json::parse(taken.body);
    if (body.contains("id"))
      return {body["id"]};
    std::vector<std::string> ids;
    for (const auto& one : body.at("jobs"))
      ids.push_back(one.at("id"));
    return ids;
  }
  /// The jobs that lines of submits name, and who has submitted each, without the id of the token.
  [[nodiscard]] std::map<std::string, std::string> submitted() const {
    std::map<std::string, std::string> all;
    const auto page = json::parse(client->get("/api/v1/audit?most=1000", bearer).body);
    for (const auto& line : page.at("lines"))
      if (line["what"] == "submit") {
        const auto who = line["who"].get<std::string>();
        const auto name = who.substr(0, who.find(' '));
        all[line["subject"]] = name;
        for (const auto& id : line.value("detail", json::object()).value("jobs", json::array()))
          all[id] = name;
      }
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_audit_log_of_a_service, a_service_that_knows_its_callers)

BOOST_AUTO_TEST_CASE(names_every_job_that_was_acknowledged_when_it_is_killed) {
  const json noop{{"source", "/none"}, {"kind", "noop"}};
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) {
      for (const auto& id : submit_over_http(noop))
        expected[id] = "ann";
      expected[submit(noop)] = "local"; // over ZeroMQ, which asks for no keys here
      const auto last = submit_over_http({{"jobs", std::vector<json>(20, noop)}});
      for (const auto& id : last)
        expected[id] = "ann";
    }
    kill_node();
    begin();
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
    const auto named = submitted();
    BOOST_TEST((named == expected),
               named.size() << " and not " << expected.size() << " named after round " << round);
  }
}

BOOST_AUTO_TEST_CASE(is_read_by_its_command_while_it_runs) {
  const auto id = submit_over_http({{"source", "/none"}, {"kind", "noop"}}).front();
  submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(client->send("POST", "/api/v1/jobs/" + id + "/links", "{}", bearer).status == 201U);
  const auto audit = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "audit");
    words.insert(words.end(), {"--data", served().string()});
    return run(program(words), 60s);
  };
  BOOST_TEST(until(60s, [&] { return audit({"--what", "create link"}).out != ""; }));
  const auto of_job = audit({"--subject", id, "--json"});
  BOOST_TEST_REQUIRE(of_job.succeeded(), of_job.story());
  const auto newest = json::parse(of_job.out.substr(0, of_job.out.find('\n')));
  BOOST_TEST(newest["what"] == "create link");
  BOOST_TEST(newest["who"].get<std::string>().starts_with("ann ("));
  BOOST_TEST(std::ranges::count(of_job.out, '\n') == 2, of_job.out);
  const auto local = audit({"--who", "local"});
  BOOST_TEST(std::ranges::count(local.out, '\n') == 1, local.out);
  BOOST_TEST(local.out.find("  local  submit  ") != std::string::npos, local.out);
  BOOST_TEST(audit({"--until", newest["at"].get<std::string>(), "--what", "create link"}).out ==
             "");
  BOOST_TEST(audit({"--most", "1"}).out.find("create link") != std::string::npos);
  BOOST_TEST(audit({"--from", "yesterday"}).exit_code == 1);
}

BOOST_AUTO_TEST_SUITE_END()
