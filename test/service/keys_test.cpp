#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_service_with_keys : a_service {
  std::string admin = (served() / "keys" / "admin.key").string();
  std::string studio = (served() / "studio.key").string();

  a_service_with_keys() {
    environment["VIDEO_DOC_SERVICE_KEYS"] = "true";
    identity = admin;
    start();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_asks_for_keys, a_service_with_keys)

BOOST_AUTO_TEST_CASE(gives_them_and_takes_them_away) {
  const auto made = run_client({"key", "create", "studio", "--tenant", "acme", "--out", studio});
  BOOST_TEST_REQUIRE(made.exit_code == 0, made.story());
  BOOST_TEST(run_client({"key", "list"}).out.starts_with("studio  publisher  acme  "));
  BOOST_TEST(run_client({"key", "create", "studio", "--out", studio + "2"}).exit_code == 1);

  identity = studio;
  connect();
  const auto id = submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(wait_for(id, "succeeded", 60s), log());
  BOOST_TEST(ask("STATUS", {{"id", id}})->at("tenant") == "acme");
  BOOST_TEST(ask("SUBMIT", {{"source", "/none"}, {"tenant", "others"}})->at("code") == "forbidden");
  BOOST_TEST(run_client({"key", "revoke", "studio"}).exit_code == 1);

  identity = admin;
  BOOST_TEST(run_client({"key", "revoke", "studio"}).exit_code == 0);
  BOOST_TEST(ask("PING", json::object())->at("code") == "forbidden"); // the old connection
  identity = studio;
  connect();
  BOOST_TEST(!ask("PING", json::object(), 1s).has_value()); // a new one

  const auto lines = json::parse(web_client{http()}.get("/api/v1/audit").body)["lines"];
  BOOST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(lines[0]["what"] == "revoke key");
  BOOST_TEST(lines[1]["what"] == "submit");
  BOOST_TEST(lines[1]["who"] == "studio");
  BOOST_TEST(lines[1]["subject"] == id);
  BOOST_TEST(lines[2]["what"] == "create key");
  BOOST_TEST(lines[2]["who"] == "admin");
  BOOST_TEST(lines[2]["subject"] == "studio");
  BOOST_TEST(lines[2]["detail"]["tenant"] == "acme");
}

BOOST_AUTO_TEST_CASE(tells_machines_what_it_has_done_with_them) {
  const auto made = run_client({"key", "create", "studio", "--out", studio, "--json"});
  const auto said = json::parse(made.out);
  BOOST_TEST(said["name"] == "studio");
  BOOST_TEST(said["file"] == studio);
  BOOST_TEST(json::parse(run_client({"key", "list", "--json"}).out)["name"] == "studio");
  BOOST_TEST(json::parse(run_client({"key", "revoke", "studio", "--json"}).out)["name"] ==
             "studio");
}

BOOST_AUTO_TEST_CASE(knows_them_after_kill_9) {
  BOOST_TEST_REQUIRE(
      run_client({"key", "create", "ops", "--tenant", "*", "--role", "admin", "--out", studio})
          .exit_code == 0);
  kill_node();
  identity = studio;
  start();
  BOOST_TEST(ask("PING", json::object(), 20s).has_value(), log());
}

BOOST_AUTO_TEST_SUITE_END()
