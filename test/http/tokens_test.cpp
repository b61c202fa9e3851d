#include "cluster/desk/instant.hpp"
#include "cluster/ledger/job_id.hpp"
#include "net/http/gateway.hpp"
#include "net/http/link_signer.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/memory_archive.hpp"
#include "test/http/web_client.hpp"
#include "test/net/certificates.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;

struct a_kept_gateway {
  static constexpr const char* figures = "jobs 7\n";
  test::memory_archive archive;
  test::plain_desk desk;
  std::atomic<int> numbers{0};
  std::shared_ptr<vdoc::desk::registry> registry = std::make_shared<vdoc::desk::registry>(
      archive,
      vdoc::desk::registry::means{[this] { return 1'764'576'000'000 + numbers; },
                                  [this] { return "token-" + std::to_string(++numbers); }});
  net::http_terms terms;

  a_kept_gateway() {
    terms.endpoint = "127.0.0.1:0";
    terms.registry = registry;
    terms.metrics = [] { return std::string{figures}; };
    terms.links = std::make_shared<net::link_signer>(net::secret_key{7});
    desk.folder = "/none";
  }
  static test::web_client::headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }
};

struct a_running_one : a_kept_gateway {
  net::http_gateway door{desk, terms};
  test::web_client client{door.address()};

  std::string make(const std::string& wish, const std::string& with = "") {
    const auto made = client.send("POST", "/api/v1/tokens", wish,
                                  with.empty() ? test::web_client::headers{} : bearer(with));
    BOOST_TEST_REQUIRE(made.status == 201u, made.body);
    return json::parse(made.body)["token"];
  }
  std::string make_admin() { return make(R"({"name": "ann", "tenant": "*", "role": "admin"})"); }
  unsigned submit(const std::string& token, const std::string& tenant) {
    return client
        .send("POST", "/api/v1/jobs", json{{"source", "/a"}, {"tenant", tenant}}.dump(),
              bearer(token))
        .status;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tokens_over_http, a_running_one)

BOOST_AUTO_TEST_CASE(are_needed_as_soon_as_there_is_one) {
  BOOST_TEST(client.get("/api/v1/jobs").status == 200u);
  const auto admin = make_admin();
  BOOST_TEST(admin.starts_with("vdoc_"));
  BOOST_TEST(admin.size() == 48u);
  const auto without = client.get("/api/v1/jobs");
  BOOST_TEST(without.status == 401u);
  BOOST_TEST(without.header("www-authenticate") == "Bearer realm=\"video-doc\"");
  BOOST_TEST(client.get("/api/v1/jobs", bearer(admin)).status == 200u);
  BOOST_TEST(client.get("/api/v1/jobs", {{"Authorization", "bearer " + admin}}).status == 200u);
  for (const auto& wrong : {admin + "x", admin.substr(1), std::string{"x"}, std::string{" "}})
    BOOST_TEST(client.get("/api/v1/jobs", bearer(wrong)).status == 401u);
  BOOST_TEST(client.get("/healthz").status == 200u);
  BOOST_TEST(client.get("/readyz").status == 200u);
  BOOST_TEST(client.get("/api/v1/openapi.yaml").body.starts_with("openapi: 3.1.0\n"));
}

BOOST_AUTO_TEST_CASE(are_not_kept_themselves) {
  const auto admin = make_admin();
  for (const auto& [name, one] : archive.all)
    BOOST_TEST(one.body.find(admin.substr(5)) == std::string::npos);
  BOOST_TEST(client.get("/api/v1/tokens", bearer(admin)).body.find("hash") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(see_and_do_what_their_tenant_and_role_allow) {
  const auto admin = make_admin();
  const auto ci = make(R"({"name": "ci", "tenant": "red"})", admin);
  BOOST_TEST(submit(ci, "red") == 201u);
  BOOST_TEST(submit(ci, "blue") == 403u);
  BOOST_TEST(submit(admin, "blue") == 201u);
  BOOST_TEST(client.get("/api/v1/jobs/id-0", bearer(ci)).status == 200u);
  BOOST_TEST(client.get("/api/v1/jobs/id-1", bearer(ci)).status == 404u);
  BOOST_TEST(client.get("/api/v1/jobs/id-1/files/x", bearer(ci)).status == 404u);
  BOOST_TEST(client.send("POST", "/api/v1/tokens", R"({"name": "x"})", bearer(ci)).status == 403u);
  BOOST_TEST(client.get("/api/v1/tokens", bearer(ci)).status == 403u);
  BOOST_TEST(client.get("/api/v1/audit", bearer(ci)).status == 403u);
}

BOOST_AUTO_TEST_CASE(show_the_metrics_of_all_tenants_only_if_they_are_of_all) {
  BOOST_TEST(client.get("/metrics").body == figures); // there is no token yet
  const auto admin = make_admin();
  BOOST_TEST(client.get("/metrics").status == 401u);
  const auto of_one = make(R"({"name": "red", "tenant": "red", "role": "admin"})", admin);
  const auto refused = client.get("/metrics", bearer(of_one));
  BOOST_TEST(refused.status == 403u);
  BOOST_TEST(json::parse(refused.body)["advice"].get<std::string>().find("tenant *") !=
             std::string::npos);
  BOOST_TEST(refused.body.find("jobs 7") == std::string::npos);
  const auto of_all = make(R"({"name": "prometheus", "tenant": "*", "role": "viewer"})", admin);
  BOOST_TEST(client.get("/metrics", bearer(of_all)).body == figures);
  BOOST_TEST(client.send("HEAD", "/metrics", "", bearer(of_one)).status == 403u);
}

BOOST_AUTO_TEST_CASE(can_be_revoked_at_once) {
  const auto admin = make_admin();
  const auto ci = make(R"({"name": "ci"})", admin);
  const auto tokens = json::parse(client.get("/api/v1/tokens", bearer(admin)).body)["tokens"];
  BOOST_REQUIRE(tokens.size() == 2u);
  const auto& last = tokens[0]["name"] == "ci" ? tokens[0] : tokens[1];
  BOOST_TEST(last["role"] == "publisher");
  const auto path = "/api/v1/tokens/" + last["id"].get<std::string>();
  BOOST_TEST(client.send("DELETE", path, "", bearer(admin)).status == 200u);
  BOOST_TEST(client.get("/api/v1/jobs", bearer(ci)).status == 401u);
  BOOST_TEST(client.send("DELETE", path, "", bearer(admin)).status == 404u);
}

BOOST_AUTO_TEST_CASE(are_refused_when_the_wish_is_wrong) {
  for (const auto* wrong : {"{}", R"({"name": ""})", R"({"name": "a", "role": "king"})",
                            R"({"name": "a", "tenant": "Big Co"})", R"({"name": "a", "x": 1})"})
    BOOST_TEST(client.send("POST", "/api/v1/tokens", wrong).status == 400u, wrong);
  BOOST_TEST(client.get("/api/v1/jobs").status == 200u); // still none
}

BOOST_AUTO_TEST_CASE(leave_a_line_for_every_change) {
  const auto admin = make_admin();
  make(R"({"name": "ci"})", admin);
  const auto tokens = json::parse(client.get("/api/v1/tokens", bearer(admin)).body)["tokens"];
  const auto id = tokens[tokens[0]["name"] == "ci" ? 0 : 1]["id"].get<std::string>();
  client.send("DELETE", "/api/v1/tokens/" + id, "", bearer(admin));
  client.send("DELETE", "/api/v1/tokens/none", "", bearer(admin)); // refused
  const std::string ann = " by ann (token-1)";
  BOOST_TEST(archive.audit() ==
                 (std::vector<std::string>{"revoke token " + id + ann, "create token " + id + ann,
                                           "create token token-1 by local"}),
             boost::test_tools::per_element());
  const auto page = json::parse(client.get("/api/v1/audit?most=2", bearer(admin)).body);
  BOOST_TEST(page["lines"].size() == 2u);
  BOOST_TEST(page["lines"][1]["detail"]["name"] == "ci");
  const auto rest = json::parse(
      client.get("/api/v1/audit?most=2&cursor=" + page["next"].get<std::string>(), bearer(admin))
          .body);
  BOOST_TEST(rest["lines"].size() == 1u);
  BOOST_TEST(rest["lines"][0]["detail"]["name"] == "ann");
  BOOST_TEST(client.get("/api/v1/audit?most=0", bearer(admin)).status == 400u);
  const auto found = json::parse(
      client.get("/api/v1/audit?who=ann&what=create+token&from=2025-12-01T08:00:00Z", bearer(admin))
          .body);
  BOOST_TEST(found["lines"].size() == 1u);
  BOOST_TEST(found["lines"][0]["detail"]["name"] == "ci");
  BOOST_TEST(found["next"] == "");
  BOOST_TEST(client.get("/api/v1/audit?whom=ann", bearer(admin)).status == 400u);
}

BOOST_AUTO_TEST_CASE(leave_a_line_for_every_link) {
  const auto admin = make_admin();
  BOOST_TEST(submit(admin, "red") == 201u);
  const auto before = ledger::unix_ms_now();
  const auto made =
      client.send("POST", "/api/v1/jobs/id-0/links", R"({"expires_in_s": 60})", bearer(admin));
  BOOST_TEST(made.status == 201u, made.body);
  BOOST_TEST(client.send("POST", "/api/v1/jobs/none/links", "{}", bearer(admin)).status == 404u);
  BOOST_TEST(archive.audit().front() == "create link id-0 by ann (token-1)");
  const auto lines = json::parse(
      client.get("/api/v1/audit?subject=id-0&what=create+link", bearer(admin)).body)["lines"];
  BOOST_REQUIRE(lines.size() == 1u);
  const auto until = vdoc::desk::from_rfc3339(lines[0]["detail"]["expires_at"].get<std::string>());
  BOOST_TEST(lines[0]["detail"]["expires_at"] == json::parse(made.body)["expires_at"]);
  BOOST_TEST(until.value() > before + 50'000);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_gateway_that_keeps_the_door, a_kept_gateway)

BOOST_AUTO_TEST_CASE(lets_nobody_in_before_it_knows_the_tokens) {
  archive.trouble = "no route";
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  BOOST_TEST(client.get("/api/v1/jobs").status == 503u);
  BOOST_TEST(client.get("/readyz").status == 503u);
  {
    const std::scoped_lock lock{archive.mutex};
    archive.trouble.clear();
  }
  BOOST_TEST(test::until(60s, [&] { return client.get("/api/v1/jobs").status == 200; }));
}

BOOST_AUTO_TEST_CASE(hears_of_tokens_that_others_have_made) {
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  BOOST_TEST(client.get("/api/v1/jobs").status == 200u);
  vdoc::desk::token other{"t", "bob", "*", vdoc::desk::role::admin, vdoc::desk::hash_of("secret"),
                          0};
  archive.write({to_document(other)}, false, [](const auto&) {});
  BOOST_TEST(test::until(60s, [&] { return client.get("/api/v1/jobs").status == 401; }));
  BOOST_TEST(client.get("/api/v1/jobs", bearer("secret")).status == 200u);
}

BOOST_AUTO_TEST_CASE(asks_also_while_there_is_none_when_told_so) {
  terms.always_asks = true;
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  BOOST_TEST(client.get("/api/v1/jobs").status == 401u);
}

BOOST_AUTO_TEST_CASE(slows_down_an_address_with_too_many_wrong_tokens) {
  vdoc::desk::token right{"t", "bob", "*", vdoc::desk::role::admin, vdoc::desk::hash_of("s"), 0};
  archive.write({to_document(right)}, false, [](const auto&) {});
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  for (int i = 0; i < 20; ++i)
    BOOST_TEST_REQUIRE(client.get("/api/v1/jobs", bearer("w" + std::to_string(i))).status == 401u);
  const auto slowed = client.get("/api/v1/jobs", bearer("w20"));
  BOOST_TEST(slowed.status == 429u);
  const auto wait_s = std::stoi("0" + slowed.header("retry-after"));
  BOOST_TEST(wait_s > 30);
  BOOST_TEST(wait_s <= 60);
  BOOST_TEST(client.send("POST", "/api/v1/uploads", "", bearer("w21")).status != 201u);
  BOOST_TEST(client.get("/api/v1/jobs").status == 401u);              // no token is no wrong one
  BOOST_TEST(client.get("/api/v1/jobs", bearer("s")).status == 200u); // nobody guesses 256 bits
  test::raw_client other{door.address(), "127.0.0.2"};
  other.say("GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer w\r\n\r\n");
  BOOST_TEST(other.hear_until("\r\n\r\n").starts_with("HTTP/1.1 401 "));
}

BOOST_AUTO_TEST_CASE(slows_down_a_token_that_asks_too_often) {
  vdoc::desk::token one{"t", "bob", "*", vdoc::desk::role::admin, vdoc::desk::hash_of("s"), 0};
  vdoc::desk::token two{"u", "eve", "*", vdoc::desk::role::admin, vdoc::desk::hash_of("z"), 0};
  archive.write({to_document(one), to_document(two)}, false, [](const auto&) {});
  terms.limits.rate_per_s = 1; // so that the ten need not come within the same moment
  const net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
  BOOST_TEST(client.get("/api/v1/jobs", bearer("s")).status == 200u);
  int refused = 0;
  for (int i = 0; i < 10; ++i)
    if (const auto slowed = client.get("/api/v1/jobs", bearer("s")); slowed.status != 200) {
      ++refused;
      BOOST_TEST(slowed.status == 429u);
      BOOST_TEST(slowed.header("retry-after") == "1");
    }
  BOOST_TEST(refused >= 3);
  BOOST_TEST(client.get("/api/v1/jobs", bearer("z")).status == 200u);
}

BOOST_AUTO_TEST_CASE(speaks_tls_and_then_may_be_reached_by_others) {
  const test::temp_folder folder;
  const auto made = test::make_certificate("localhost");
  const auto key = (folder / "key.pem").string();
  const auto certificate = (folder / "certificate.pem").string();
  std::ofstream{key} << made.key_pem;
  std::ofstream{certificate} << made.certificate_pem;
  terms.certificate = certificate;
  terms.private_key = key;
  {
    const net::http_gateway door{desk, terms};
    BOOST_TEST(door.address().starts_with("https://127.0.0.1:"));
    const auto port = door.address().substr(door.address().rfind(':'));
    for (int i = 0; i < 3; ++i) {
      test::web_client client{"https://localhost" + port, certificate};
      BOOST_TEST(client.get("/api/v1/jobs").status == 200u);
      BOOST_TEST(client.send("POST", "/api/v1/jobs", R"({"source": "/a"})").status == 201u);
    }
  }
  terms.endpoint = "0.0.0.0:0";
  BOOST_CHECK_THROW(net::http_gateway(desk, terms), net::cannot_serve);
  terms.always_asks = true;
  const net::http_gateway open{desk, terms};
  terms.private_key = certificate;
  BOOST_CHECK_THROW(net::http_gateway(desk, terms), net::cannot_serve);
}

BOOST_AUTO_TEST_SUITE_END()
