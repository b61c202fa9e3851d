#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

/// Where a tenant may have stored one megabyte.
struct a_service_with_little_room_for_each : a_service {
  std::unique_ptr<web_client> client;

  a_service_with_little_room_for_each() {
    environment["VIDEO_DOC_SERVICE_TENANT_STORED_MB"] = "1";
    begin();
  }
  void begin() {
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  [[nodiscard]] static json video(const std::string& tenant) {
    return {{"source", make(source_named("mp4_faststart")).string()},
            {"tenant", tenant},
            {"spec", {{"captions", "off"}}}};
  }
  std::string does(const std::string& tenant) {
    auto id = submit(video(tenant));
    BOOST_TEST_REQUIRE(wait_for(id, "succeeded", 300s), log());
    return id;
  }
  [[nodiscard]] fs::path folder_of(const std::string& id) const { return served() / "jobs" / id; }
  [[nodiscard]] std::uint64_t bytes_of(const std::string& id) const {
    std::uint64_t sum = 0;
    for (const auto& each : fs::recursive_directory_iterator{folder_of(id)})
      if (each.is_regular_file() && !each.is_symlink())
        sum += each.file_size();
    return sum;
  }
  /// As it says itself; nothing when it does not know the tenant.
  std::optional<std::uint64_t> stored_by(const std::string& tenant) {
    const auto now = ask("PING", json::object()).value();
    for (const auto& one : now.at("tenants"))
      if (one["name"] == tenant && one["limit_bytes"] == 1'000'000)
        return one["results_bytes"].get<std::uint64_t>();
    return std::nullopt;
  }
  bool comes_to_store(const std::string& tenant, std::optional<std::uint64_t> bytes) {
    return until(60s, [&] { return stored_by(tenant) == bytes; });
  }
  std::string code_of_submit(const std::string& tenant) {
    return ask("SUBMIT", {{"source", "/a"}, {"kind", "noop"}, {"tenant", tenant}})->at("code");
  }
};

/// Which has two tenants with what all may have, until something else is set.
struct a_service_with_two_tenants : a_service {
  std::unique_ptr<web_client> client;

  a_service_with_two_tenants() {
    environment["VIDEO_DOC_SERVICE_TENANT_QUEUED"] = "3";
    environment["VIDEO_DOC_SERVICE_MAX_CONCURRENT_JOBS"] = "8";
    begin();
  }
  void begin() {
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  [[nodiscard]] static json waiting_job(const std::string& tenant) {
    return {{"source", "/a"},
            {"kind", "noop"},
            {"tenant", tenant},
            {"not_before", "2999-01-01T00:00:00Z"}};
  }
  std::string over_zmq(const std::string& tenant) {
    return ask("SUBMIT", waiting_job(tenant))->at("code");
  }
  unsigned over_http(const std::string& tenant) {
    return client->send("POST", "/api/v1/jobs", waiting_job(tenant).dump()).status;
  }
  json shown(const std::string& tenant) {
    return json::parse(client->get("/api/v1/tenants/" + tenant).body);
  }
  /// So many jobs run together, though more wait.
  std::size_t running_together(const std::string& tenant) {
    std::size_t most = 0;
    until(2s, [&] {
      const auto seen = client->get("/api/v1/tenants/" + tenant);
      if (seen.status == 200)
        most = std::max(most, json::parse(seen.body)["running"].get<std::size_t>());
      return false;
    });
    return most;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_tenant_of_a_service, a_service_with_little_room_for_each)

BOOST_AUTO_TEST_CASE(submits_nothing_more_while_it_has_stored_as_much_as_it_may) {
  std::vector<std::string> jobs{does("a")};
  auto sum = bytes_of(jobs.front());
  BOOST_TEST(comes_to_store("a", sum), stored_by("a").value_or(0) << " and not " << sum);
  while (sum < 1'000'000) { // the results of the first job: each counts them
    jobs.push_back(does("a"));
    sum += bytes_of(jobs.back());
    BOOST_TEST_REQUIRE(comes_to_store("a", sum));
  }
  const auto refused = ask("SUBMIT", video("a")).value();
  BOOST_TEST(refused["code"] == "over_quota");
  BOOST_TEST(refused["error"]["message"] ==
             "tenant a has " + std::to_string(sum) +
                 " bytes of results and uploads, and may have 1000000");
  const auto over_http = client->send("POST", "/api/v1/jobs", video("a").dump());
  BOOST_TEST(over_http.status == 429U);
  BOOST_TEST(over_http.body.find("service.tenant_stored_mb") != std::string::npos);
  const auto upload = client->send(
      "POST", "/api/v1/uploads", "",
      {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}, {"Upload-Metadata", "tenant YQ=="}});
  BOOST_TEST(upload.status == 429U);
  BOOST_TEST(code_of_submit("b") == "OK");
  const auto shown = run_client({"tenants"}).out;
  BOOST_TEST(shown.starts_with("a  0 wait  0 run  1 of 1 MB stored  0 of 100 GB of uploads"),
             shown);
  const auto metrics = client->get("/metrics").body;
  BOOST_TEST(metrics.find(R"(video_doc_tenant_stored_limit_bytes{tenant="a"})") !=
             std::string::npos);

  kill_node();
  begin();
  BOOST_TEST(comes_to_store("a", sum));
  BOOST_TEST(code_of_submit("a") == "over_quota");
  BOOST_TEST(stop() == 0);
  for (const auto& id : jobs)
    fs::remove_all(folder_of(id)); // by somebody who wants his disk back
  begin();
  BOOST_TEST(comes_to_store("a", std::nullopt));
  BOOST_TEST(code_of_submit("a") == "OK");
}

BOOST_AUTO_TEST_CASE(cannot_upload_more_than_it_may_store) {
  const auto create = [&](const char* bytes) {
    return client
        ->send("POST", "/api/v1/uploads", "",
               {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", bytes}})
        .status;
  };
  BOOST_TEST(create("1000001") == 429U);
  BOOST_TEST(create("1000000") == 201U);
  BOOST_TEST(code_of_submit("default") == "over_quota"); // with the upload in hand
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(two_tenants_of_a_service, a_service_with_two_tenants)

BOOST_AUTO_TEST_CASE(have_each_its_own_limits_at_both_doors_and_over_a_crash) {
  BOOST_TEST(client->send("PATCH", "/api/v1/tenants/a", R"({"queued": 2, "share": 3})").status ==
             200U);
  BOOST_TEST(run_client({"tenants", "set", "b", "--queued", "5"}).exit_code == 0);
  BOOST_TEST(over_zmq("a") == "OK");
  BOOST_TEST(over_http("a") == 201U);
  BOOST_TEST(over_zmq("a") == "over_quota");
  BOOST_TEST(over_http("a") == 429U);
  const auto waits = run_client({"submit", "/a", "--noop", "--tenant", "a", "--timeout", "1"});
  BOOST_TEST(waits.err.find("tenant a may have 2 jobs waiting") != std::string::npos, waits.err);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(over_zmq("b") == "OK");

  kill_node();
  begin();
  BOOST_TEST(over_zmq("a") == "over_quota");
  BOOST_TEST(over_http("b") == 201U);
  BOOST_TEST(over_http("b") == 429U);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(over_zmq("c") == "OK"); // as for all
  BOOST_TEST(over_zmq("c") == "over_quota");
  const auto a = shown("a");
  BOOST_TEST(a["waiting"] == 2);
  BOOST_TEST(a["limits"]["queued"] == 2);
  BOOST_TEST(a["limits"]["share"] == 3);
  BOOST_TEST(a["own"] == json::parse(R"(["queued", "share"])"));
  const auto listed = run_client({"tenants"}).out;
  BOOST_TEST(listed == "a  2 of 2* wait  0 run  0 MB stored  0 of 100 GB of uploads  share 3*\n"
                       "b  5 of 5* wait  0 run  0 MB stored  0 of 100 GB of uploads  share 1\n"
                       "c  3 of 3 wait  0 run  0 MB stored  0 of 100 GB of uploads  share 1\n");

  BOOST_TEST(run_client({"tenants", "set", "a", "--queued", "default"}).exit_code == 0);
  BOOST_TEST(over_zmq("a") == "OK"); // three, as for all
  BOOST_TEST(over_zmq("a") == "over_quota");
  BOOST_TEST(run_client({"tenants", "set", "a", "--queued", "0"}).exit_code == 0);
  BOOST_TEST(over_zmq("a") == "OK"); // none
  for (const auto& wrong : {"many", "-1", "1.5"})
    BOOST_TEST(run_client({"tenants", "set", "a", "--queued", wrong}).exit_code == 1, wrong);
  const auto audit = client->get("/api/v1/audit?what=set%20tenant");
  const auto lines = json::parse(audit.body)["lines"];
  BOOST_TEST_REQUIRE(lines.size() == 4U, audit.body);
  BOOST_TEST(lines[3]["subject"] == "a");
  BOOST_TEST(lines[3]["detail"] == json::parse(R"({"queued": 2, "share": 3})"));
}

BOOST_AUTO_TEST_CASE(upload_and_run_as_much_as_each_may) {
  BOOST_TEST(run_client({"tenants", "set", "a", "--upload-gb", "1", "--running", "1"}).exit_code ==
             0);
  const auto upload = [&](const char* tenant_in_base64) {
    return client
        ->send("POST", "/api/v1/uploads", "",
               {{"Tus-Resumable", "1.0.0"},
                {"Upload-Length", "1000000001"},
                {"Upload-Metadata", std::string{"tenant "} + tenant_in_base64}})
        .status;
  };
  BOOST_TEST(upload("YQ==") == 429U);
  BOOST_TEST(upload("Yg==") == 201U);
  ask("QUEUE", {{"name", "stage.noop"}, {"paused", true}}); // what has begun goes on
  std::vector<std::string> ids;
  for (const auto* tenant : {"a", "a", "b", "b"})
    ids.push_back(submit({{"source", "/a"}, {"kind", "noop"}, {"tenant", tenant}}));
  BOOST_TEST(running_together("a") == 1U);
  BOOST_TEST(shown("a")["waiting"] == 1);
  BOOST_TEST(shown("b")["running"] == 2);
  ask("QUEUE", {{"name", "stage.noop"}, {"paused", false}});
  for (const auto& id : ids)
    BOOST_TEST(wait_for(id, "succeeded", 60s), log());
}

BOOST_AUTO_TEST_SUITE_END()
