#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

struct a_service_that_watches : a_service {
  temp_folder incoming;

  a_service_that_watches() {
    more_words = {"--watch", incoming.path().string()};
    environment["VIDEO_DOC_SERVICE_WATCH_SETTLE_MS"] = "400";
    environment["VIDEO_DOC_SERVICE_WATCH_JOB"] =
        R"({"queue": "incoming", "spec": {"document": false, "captions": "off"}})";
    start();
  }
  /// All jobs, the newest first.
  std::vector<json> jobs() {
    const auto page = ask("LIST", {{"most", 1'000}});
    return page && page->contains("jobs") ? page->at("jobs").get<std::vector<json>>()
                                          : std::vector<json>{};
  }
  bool has_jobs(std::size_t many) {
    return until(180s, [&] { return jobs().size() == many; });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_with_a_watched_folder, a_service_that_watches)

BOOST_AUTO_TEST_CASE(makes_a_video_of_what_is_put_there) {
  fs::copy_file(make(source_named("mp4_faststart")), incoming / "talk.mp4.part");
  fs::rename(incoming / "talk.mp4.part", incoming / "talk.mp4");
  BOOST_TEST_REQUIRE(has_jobs(1), log());
  const auto job = jobs().at(0);
  BOOST_TEST(job["source"] == (incoming / "talk.mp4").string());
  BOOST_TEST(job["queue"] == "incoming");
  BOOST_TEST(wait_for(job["id"], "succeeded", 300s), log());
}

BOOST_AUTO_TEST_CASE(fails_a_bad_file_once) {
  std::ofstream{incoming / "bad.mp4"} << "this is no video";
  BOOST_TEST_REQUIRE(has_jobs(1), log());
  BOOST_TEST(wait_for(jobs().at(0)["id"], "failed", 180s), log());
  stop();
  start();
  std::ofstream{incoming / "also_bad.mp4"} << "neither is this";
  BOOST_TEST_REQUIRE(has_jobs(2), log());
  BOOST_TEST(wait_for(jobs().at(0)["id"], "failed", 180s), log());
  BOOST_TEST(jobs().size() == 2U);
}

/// The service is killed again and again while files are put there.
BOOST_AUTO_TEST_CASE(makes_one_job_of_each_file_whenever_it_is_killed) {
  constexpr int rounds = 8;
  constexpr int files_a_round = 5;
  for (int round = 0; round < rounds; ++round) {
    const auto before = jobs().size();
    for (int i = 0; i < files_a_round; ++i)
      std::ofstream{incoming / (std::to_string(round) + "-" + std::to_string(i) + ".mp4")}
          << "no video " << round << i;
    // Now before the files are whole, now as soon as the ledger has a first one of them.
    if (round % 2 == 1)
      BOOST_TEST(until(90s, [&] { return jobs().size() > before; }), log());
    kill_node();
    start();
  }
  BOOST_TEST(has_jobs(std::size_t{rounds} * files_a_round), log());
  BOOST_TEST(wait_until_nothing_is_open(90s), log());
  std::map<std::string, int> made;
  for (const auto& job : jobs())
    ++made[job["source"]];
  BOOST_TEST(made.size() == rounds * files_a_round);
  BOOST_TEST(jobs().size() == rounds * files_a_round);
}

BOOST_AUTO_TEST_CASE(refuses_to_watch_its_own_results) {
  stop();
  const auto result =
      run(program({"serve", "--data", served().string(), "--watch", served().parent_path().string(),
                   "--zmq", endpoint(), "--events", "", "--http", ""}),
          20s);
  BOOST_TEST(result.exit_code == 1, result.story());
  BOOST_TEST(result.err.find("would find the service's own results") != std::string::npos,
             result.story());
}

BOOST_AUTO_TEST_SUITE_END()
