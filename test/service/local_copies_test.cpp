#include "cluster/artefacts/receipt.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "test/http/web_client.hpp"
#include "test/service/a_cluster.hpp"
#include "test/service/a_service_with_a_store.hpp"

#include <chrono>
#include <csignal>
#include <optional>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

/// A service that keeps no copy of results that the store has.
struct a_service_without_copies : a_service_with_a_store {
  std::optional<web_client> client;

  explicit a_service_without_copies(bool now = true) : a_service_with_a_store{false} {
    environment["VIDEO_DOC_ARTEFACTS_LOCAL_COPIES"] = "drop";
    if (now)
      begin();
  }
  void begin() {
    start();
    client.emplace(http());
    BOOST_TEST_REQUIRE(until(60s, [&] { return client->get("/readyz").status == 200; }), log());
  }
  [[nodiscard]] bool has_copies(const std::string& id) const { return results_of(id).size() > 1; }
  /// Only the report is left, and nothing is to be done any more.
  bool drops(const std::string& id) const {
    return until(120s, [&] {
      const auto left = results_of(id);
      return left.size() == 1 && left.contains("job.json") && tasks() == 0;
    });
  }
  heard get(const std::string& id, const std::string& name, const web_client::headers& with = {}) {
    return client->get("/api/v1/jobs/" + id + "/files/" + name, with);
  }
  /// What comes over HTTP is what the store has, every file of it.
  void expect_given(const std::string& id, const content& stored) {
    BOOST_TEST(stored.size() > 10U);
    for (const auto& [path, bytes] : stored)
      BOOST_TEST((get(id, path).body == bytes), path);
  }
  [[nodiscard]] std::uint64_t kept_bytes() {
    const auto tenants = ask("PING", json::object()).value().at("tenants");
    return tenants.empty() ? 0 : tenants[0].at("results_bytes").get<std::uint64_t>();
  }
  [[nodiscard]] ledger::job_state ledger_says(const std::string& id) const {
    return ledger::open_store(database())->find(id).what.state;
  }
  /// Whether every result is here or in the store, whatever was going on.
  [[nodiscard]] bool nothing_is_lost(const std::string& id, const content& all) const {
    auto found = stored_of(id);
    found.merge(results_of(id));
    found.erase("job.json");
    auto wanted = all;
    wanted.erase("job.json");
    return found == wanted;
  }
};

outcome plays(const std::string& url) {
  return run({{"ffmpeg", "-v", "error", "-i", url, "-f", "null", "-"}, {}, {}}, 240s);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_keeps_no_copies, a_service_without_copies)

BOOST_AUTO_TEST_CASE(gives_results_from_the_store_as_it_would_from_its_folder) {
  const auto id = does_film();
  BOOST_TEST_REQUIRE(drops(id), log());
  const auto stored = stored_of(id);
  expect_given(id, stored);
  const auto& film = stored.at("video.mp4");
  const auto whole = get(id, "video.mp4");
  BOOST_TEST(whole.header("content-type") == "video/mp4");
  const auto part = get(id, "video.mp4", {{"Range", "bytes=1000-99999"}});
  BOOST_TEST(part.status == 206U);
  BOOST_TEST((part.body == film.substr(1'000, 99'000)));
  BOOST_TEST(part.header("etag") == whole.header("etag"));
  BOOST_TEST(get(id, "video.mp4", {{"If-None-Match", whole.header("etag")}}).status == 304U);
  const auto head = client->send("HEAD", "/api/v1/jobs/" + id + "/files/video.mp4", "");
  BOOST_TEST(head.header("content-length") == std::to_string(film.size()));
  BOOST_TEST(get(id, "none.mp4").status == 404U);
  const auto link = client->send("POST", "/api/v1/jobs/" + id + "/links", "{}");
  const auto url = http() + json::parse(link.body)["url"].get<std::string>() + "master.m3u8";
  for (const auto& entrance : {http() + "/api/v1/jobs/" + id + "/files/master.m3u8", url}) {
    const auto shown = run({{"ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of",
                             "csv=p=0", entrance},
                            {},
                            {}},
                           60s);
    BOOST_TEST(shown.out.find("h264") != std::string::npos, shown.story());
    const auto played = plays(entrance);
    BOOST_TEST(played.succeeded(), played.story());
    BOOST_TEST(played.err == "");
  }
  const auto puts = s3.puts();
  BOOST_TEST(std::ranges::all_of(puts, [](const auto& each) { return each.second == 1; }));
  BOOST_TEST(metrics().find(R"(video_doc_artefacts_total{result="dropped"} 1)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_that_the_store_is_away_and_gives_them_when_it_is_back) {
  const auto id = does_film();
  BOOST_TEST_REQUIRE(drops(id), log());
  s3.kill();
  for (int i = 0; i < 4; ++i) {
    const auto no = get(id, "master.m3u8");
    BOOST_TEST(no.status == 503U);
    BOOST_TEST(std::stoi(no.header("retry-after")) >= 1);
    BOOST_TEST(no.body.find("the artefact store does not give it now") != std::string::npos);
  }
  BOOST_TEST(get(id, "job.json").status == 200U);
  s3.start();
  BOOST_TEST(until(60s, [&] { return get(id, "master.m3u8").status == 200U; }));
  expect_given(id, stored_of(id));
}

BOOST_AUTO_TEST_CASE(keeps_what_the_store_did_not_take_until_it_was_moved) {
  s3.kill();
  const auto id = does_film();
  const auto results = results_of(id);
  BOOST_TEST(until(3s, [&] { return !has_copies(id); }) == false);
  expect_given(id, results);
  s3.start();
  BOOST_TEST_REQUIRE(drops(id), log());
  BOOST_TEST((stored_of(id) == results));
  expect_given(id, results);
}

BOOST_AUTO_TEST_CASE(counts_what_the_store_has_for_its_tenant_over_a_restart) {
  const auto id = does_film();
  BOOST_TEST_REQUIRE(drops(id), log());
  const auto bytes = kept_bytes();
  std::uint64_t sum = 0;
  for (const auto& [path, one] : stored_of(id))
    sum += one.size();
  BOOST_TEST(bytes == sum + fs::file_size(folder_of(id) / ".work/manifest.jsonl"));
  stop();
  begin();
  BOOST_TEST(until(60s, [&] { return kept_bytes() == bytes; }), kept_bytes() << ", not " << bytes);
}

BOOST_AUTO_TEST_CASE(does_a_job_anew_and_puts_it_there_again_where_others_reused_results) {
  const auto first = does_film();
  BOOST_TEST_REQUIRE(drops(first), log());
  const auto stored = stored_of(first);
  const auto second = does_film();
  BOOST_TEST(report(second).value("reused_from", "") == "");
  BOOST_TEST_REQUIRE(drops(second), log());
  BOOST_TEST(ask("RETRY", {{"id", first}})->at("code") == "OK");
  BOOST_TEST(until(180s, [&] { return s3.puts()["/films/results/" + first + "/job.json"] == 2; }),
             log());
  BOOST_TEST(wait_for(first, "succeeded", 60s));
  BOOST_TEST_REQUIRE(drops(first), log());
  auto again = stored_of(first);
  again["job.json"] = stored.at("job.json");
  BOOST_TEST((again == stored));
  expect_given(first, stored_of(first));
}

BOOST_AUTO_TEST_CASE(loses_results_in_both_places_when_their_time_is_over) {
  const auto id = does_film();
  BOOST_TEST_REQUIRE(drops(id), log());
  stop();
  const auto a_year_hence = ledger::unix_ms_now() + std::chrono::milliseconds{8'760h}.count();
  BOOST_TEST(ledger::open_store(database())->remove_ended(a_year_hence, 10).jobs.size() == 1U);
  environment["VIDEO_DOC_SERVICE_KEEP_DAYS"] = "30"; // what belongs to no job goes, too
  begin();
  BOOST_TEST(until(300s, [&] { return stored_of(id).empty() && !fs::exists(folder_of(id)); }),
             log());
  BOOST_TEST(get(id, "master.m3u8").status == 404U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_node_without_copies_that_is_killed, a_service_without_copies)

BOOST_AUTO_TEST_CASE(between_the_last_put_and_the_end_of_its_job_does_not_drop_any) {
  s3.hold("job.json");
  const auto id = submit_film();
  BOOST_TEST_REQUIRE(until(300s, [&] { return s3.holds(); }), log());
  BOOST_TEST(tasks() == 1U); // it is in the ledger before the store has all
  const auto results = results_of(id);
  {
    ledger::sqlite::connection other{database()};
    other.run("BEGIN IMMEDIATE");
    s3.release();
    BOOST_TEST_REQUIRE(waits_until_stored(id));
    until(1'500ms, [] { return false; }); // for anything that would be dropped too soon
    kill_node();
    other.run("ROLLBACK");
  }
  BOOST_TEST((ledger_says(id) == ledger::job_state::running));
  BOOST_TEST((results_of(id) == results));
  begin();
  BOOST_TEST(wait_for(id, "succeeded", 180s), log());
  BOOST_TEST_REQUIRE(drops(id), log());
  BOOST_TEST(nothing_is_lost(id, results));
  expect_given(id, stored_of(id));
}

BOOST_AUTO_TEST_CASE(between_the_end_of_its_job_and_dropping_drops_all_later) {
  s3.hold_list();
  const auto id = submit_film();
  BOOST_TEST_REQUIRE(until(300s, [&] { return s3.holds(); }), log());
  BOOST_TEST((ledger_says(id) == ledger::job_state::succeeded));
  BOOST_TEST(tasks() == 1U);
  const auto results = results_of(id);
  BOOST_TEST((stored_of(id) == results));
  kill_node();
  s3.release();
  BOOST_TEST((results_of(id) == results));
  begin();
  BOOST_TEST_REQUIRE(drops(id), log());
  BOOST_TEST(nothing_is_lost(id, results));
  expect_given(id, stored_of(id));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct a_service_with_a_folder_as_store : a_service_without_copies {
  temp_folder shelf;

  a_service_with_a_folder_as_store() : a_service_without_copies{false} {
    fs::create_directory(shelf / "results");
    environment["VIDEO_DOC_ARTEFACTS_STORE"] = shelf / "results";
    begin();
  }
  [[nodiscard]] content shelved(const std::string& id) const {
    return content_of(shelf / "results" / id);
  }
  /// A film with so many more files among its results.
  std::string submit_with_many_files(int count) {
    const auto more = served() / "more";
    fs::create_directory(more);
    for (int i = 0; i < count; ++i)
      std::ofstream{more / std::to_string(i)} << i;
    auto id = submit_film();
    BOOST_TEST_REQUIRE(until(180s, [&] { return fs::exists(folder_of(id) / "video"); }), log());
    fs::rename(more, folder_of(id) / "more");
    return id;
  }
};

struct two_nodes_without_copies : a_cluster {
  two_nodes_without_copies() {
    fs::create_directory(folder / "results");
    for (auto* it : {&a, &b}) {
      it->environment["VIDEO_DOC_ARTEFACTS_STORE"] = folder / "results";
      it->environment["VIDEO_DOC_ARTEFACTS_LOCAL_COPIES"] = "drop";
    }
    start();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_folder_as_the_store_of_a_service_that_keeps_no_copies)

BOOST_FIXTURE_TEST_CASE(has_them_all_and_may_be_away, a_service_with_a_folder_as_store) {
  const auto id = does_film();
  BOOST_TEST_REQUIRE(drops(id), log());
  const auto stored = shelved(id);
  expect_given(id, stored);
  const auto part = get(id, "video.mp4", {{"Range", "bytes=-100"}});
  BOOST_TEST((part.body == stored.at("video.mp4").substr(stored.at("video.mp4").size() - 100)));
  fs::rename(shelf / "results", shelf / "not mounted");
  const auto no = get(id, "master.m3u8");
  BOOST_TEST(no.status == 503U);
  BOOST_TEST(no.body.find("is not there") != std::string::npos, no.body);
  fs::rename(shelf / "not mounted", shelf / "results");
  BOOST_TEST(until(60s, [&] { return get(id, "master.m3u8").status == 200U; }));
  const auto played = plays(http() + "/api/v1/jobs/" + id + "/files/master.m3u8");
  BOOST_TEST(played.succeeded(), played.story());
}

/// With so many results that it takes a while; should it be over before the kill, once more.
BOOST_FIXTURE_TEST_CASE(has_them_all_when_the_node_is_killed_in_the_middle_of_dropping,
                        a_service_with_a_folder_as_store) {
  bool in_the_middle = false;
  for (int tries = 0; tries < 8 && !in_the_middle; ++tries) {
    const auto id = submit_with_many_files(1'000);
    const auto end = std::chrono::steady_clock::now() + 90s;
    const auto entrance = folder_of(id) / "master.m3u8"; // goes first
    while ((!artefacts::has_receipt(folder_of(id)) || fs::exists(entrance)) &&
           std::chrono::steady_clock::now() < end) {
    }
    kill_node();
    const auto left = results_of(id).size();
    const auto stored = shelved(id);
    BOOST_TEST_MESSAGE(left << " of " << stored.size() << " are left");
    BOOST_TEST(stored.contains("more/999"));
    BOOST_TEST(stored.contains("master.m3u8"));
    in_the_middle = left > 1 && left < stored.size();
    begin();
    BOOST_TEST_REQUIRE(drops(id), log());
    BOOST_TEST((shelved(id) == stored));
    expect_given(id, stored);
  }
  BOOST_TEST(in_the_middle);
}

BOOST_FIXTURE_TEST_CASE(is_read_by_nodes_that_do_not_lead, two_nodes_without_copies) {
  const auto id = a.submit(a_film());
  const auto results = folder / "data/jobs" / id;
  BOOST_TEST_REQUIRE(a.wait_for(id, "succeeded", 300s), a.log());
  BOOST_TEST_REQUIRE(until(60s, [&] { return content_of(results).size() == 1; }), a.log());
  web_client follower{b.http()};
  const auto files = "/api/v1/jobs/" + id + "/files/";
  for (const auto& [path, bytes] : content_of(folder / "results" / id)) {
    const auto one = follower.get(std::string{files}.append(path));
    BOOST_TEST((one.body == bytes), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_service_without_a_store)

BOOST_AUTO_TEST_CASE(does_not_start_when_it_is_to_drop_its_copies) {
  a_service service;
  service.environment["VIDEO_DOC_ARTEFACTS_LOCAL_COPIES"] = "drop";
  service.start();
  BOOST_TEST(service.ends_by_itself(60s) == 1);
  BOOST_TEST(service.log().find("artefacts.local_copies is drop") != std::string::npos,
             service.log());
}

BOOST_AUTO_TEST_SUITE_END()
