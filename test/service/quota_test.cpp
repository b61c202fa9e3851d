#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

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
    BOOST_TEST_REQUIRE(until(20s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  [[nodiscard]] static json video(const std::string& tenant) {
    return {{"source", make(source_named("mp4_faststart")).string()},
            {"tenant", tenant},
            {"spec", {{"captions", "off"}}}};
  }
  std::string does(const std::string& tenant) {
    auto id = submit(video(tenant));
    BOOST_TEST_REQUIRE(wait_for(id, "succeeded", 90s), log());
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
    return until(10s, [&] { return stored_by(tenant) == bytes; });
  }
  std::string code_of_submit(const std::string& tenant) {
    return ask("SUBMIT", {{"source", "/a"}, {"kind", "noop"}, {"tenant", tenant}})->at("code");
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
  const auto shown = run_client({"queues", "tenants"}).out;
  BOOST_TEST(shown == "a  " + std::to_string(sum) + "  0  1000000\n");
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
