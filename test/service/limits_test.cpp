#include "cluster/ledger/open_store.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;
using vdoc::ledger::event_kind;

/// Started by each case, with its own environment.
struct a_service_with_limits : a_service {
  void begin() {
    start();
    BOOST_TEST_REQUIRE(until(60s, [&] { return now().value("ready", false); }), log());
  }
  json now() { return ask("PING", json::object()).value_or(json::object()); }
  json queue(const std::string& name) {
    const auto seen = now();
    for (const auto& one : seen.at("queues"))
      if (one["name"] == name)
        return one;
    return json{};
  }
  /// Tasks of jobs that wait or run, over all stages.
  int tasks() {
    int sum = 0;
    const auto seen = now();
    for (const auto& one : seen.at("queues"))
      if (one["name"].get<std::string>().starts_with("stage."))
        sum += one["waiting"].get<int>() + one["running"].get<int>();
    return sum;
  }
  /// As the ledger has it.
  [[nodiscard]] std::chrono::milliseconds time_between(const std::string& id, event_kind from,
                                                       event_kind to) const {
    std::map<event_kind, std::int64_t> at;
    for (const auto& one : vdoc::ledger::open_store(database())->history_of(id).events)
      at[one.kind] = one.at_unix_ms;
    return std::chrono::milliseconds{at.at(to) - at.at(from)};
  }
  [[nodiscard]] static json video(const char* source, json spec = {{"captions", "off"}}) {
    spec["document"] = false;
    return {{"source", make(source_named(source)).string()}, {"spec", std::move(spec)}};
  }
  /// Every file of a job with its length.
  [[nodiscard]] std::map<std::string, std::uintmax_t> files_of(const std::string& id) const {
    std::map<std::string, std::uintmax_t> all;
    for (const auto& each : fs::recursive_directory_iterator{served() / "jobs" / id})
      if (each.is_regular_file())
        all[each.path()] = each.file_size();
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_under_the_names_of_other_deployments, a_service_with_limits)

BOOST_AUTO_TEST_CASE(runs_no_more_jobs_at_a_time_than_max_concurrent_jobs) {
  environment["MAX_CONCURRENT_JOBS"] = "1";
  begin();
  ask("QUEUE", {{"name", "stage.transcode"}, {"paused", true}});
  const auto first = submit(video("mp4_faststart"));
  const auto second = submit(video("mp4_faststart"));
  const auto waits = [&] { return queue("stage.transcode").value("waiting", 0) > 0; };
  BOOST_TEST(until(180s, waits), log());
  BOOST_TEST(state_of(first) == "running");
  BOOST_TEST(state_of(second) == "queued");
  BOOST_TEST(now()["running"] == 1);
  ask("QUEUE", {{"name", "stage.transcode"}, {"paused", false}});
  BOOST_TEST(wait_for(second, "succeeded", 300s), log());
  BOOST_TEST(stop() == 0);
  environment["MAX_CONCURRENT_JOBS"] = "3";
  environment["VIDEO_DOC_SERVICE_MAX_CONCURRENT_JOBS"] = "2"; // ours wins
  begin();
  ask("QUEUE", {{"name", "stage.transcode"}, {"paused", true}});
  for (int i = 0; i < 3; ++i)
    submit(video("mp4_faststart", {{"captions", "off"}, {"fresh", true}}));
  BOOST_TEST(until(180s, [&] { return now()["running"] == 2; }), log());
  BOOST_TEST(queue("default")["waiting"] == 1);
}

BOOST_AUTO_TEST_CASE(ends_the_work_of_a_running_video_when_job_timeout_is_over) {
  environment["JOB_TIMEOUT"] = "1";
  environment.erase("VIDEO_DOC_LADDER_RUNGS"); // more than two seconds of work
  begin();
  const auto id = submit(video("mp4_a_minute", {{"captions", "off"}, {"preset", "slower"}}));
  BOOST_TEST_REQUIRE(wait_for(id, "failed", 90s), log());
  const auto took = time_between(id, event_kind::started, event_kind::failed);
  BOOST_TEST_MESSAGE("failed after " << took.count() << " ms");
  BOOST_TEST((took >= 1s));
  BOOST_TEST((took < 6s));
  const auto job = ask("STATUS", {{"id", id}}).value();
  BOOST_TEST(job["cause"] == "ended after its hard limit of 1 s");
  BOOST_TEST(job["attempts"] == 1); // another attempt would take as long
  BOOST_TEST(until(20s, [&] { return tasks() == 0; }), now().dump());
  until(3s, [] { return false; }); // what is in hand comes to its end
  const auto left = files_of(id);
  BOOST_TEST(!left.empty());
  until(1s, [] { return false; });
  for (const auto& [name, bytes] : files_of(id)) {
    const auto before = left.find(name);
    BOOST_TEST((before != left.end()), name << " is written after the end");
    BOOST_TEST((before == left.end() || before->second == bytes), name << " grows after the end");
  }
  // Its media host has its hands free, and a job may be given longer.
  const auto other = submit(video("mp4_faststart", {{"captions", "off"}, {"hard_limit_s", 120}}));
  BOOST_TEST(wait_for(other, "succeeded", 300s), log());
}

BOOST_AUTO_TEST_CASE(puts_a_live_job_before_a_batch_job_that_runs_at_the_next_fragment) {
  environment["MAX_CONCURRENT_JOBS"] = "1";
  environment["VIDEO_DOC_RUN_WORKERS"] = "1";
  environment.erase("VIDEO_DOC_LADDER_RUNGS");
  begin();
  const auto minute = make(source_named("mp4_a_minute"));
  const auto fragments = [&](const std::string& id) { // that are encoded
    std::ifstream file{served() / "jobs" / id / ".work/manifest.jsonl"};
    int sum = 0;
    for (std::string line; std::getline(file, line);)
      sum += line.starts_with(R"({"is":"fragment_encoded")") ? 1 : 0;
    return sum;
  };
  const auto submitted = [&](const std::string& urgency, const char* preset, const char* ladder) {
    return submit({{"source", minute.string()},
                   {"spec",
                    {{"urgency", urgency},
                     {"preset", preset},
                     {"ladder", ladder},
                     {"segment_ms", 2000},
                     {"fresh", true},
                     {"captions", "off"},
                     {"document", false}}}});
  };
  const auto batch = submitted("batch", "slow", "480,360");
  BOOST_TEST_REQUIRE(until(180s, [&] { return fragments(batch) > 1; }), log());
  const auto live = submitted("live", "ultrafast", "240");
  BOOST_TEST_REQUIRE(wait_for(live, "running", 60s), log()); // though one job is all that may run
  BOOST_TEST_REQUIRE(until(90s, [&] { return fragments(live) > 1; }), log());
  const auto batch_before = fragments(batch), live_before = fragments(live);
  BOOST_TEST_REQUIRE(until(180s, [&] { return fragments(live) > 15; }), log());
  // What was begun before, and whatever finds a slot while the live job's next fragment is read;
  // turn by turn it would be as many as those of the live job.
  BOOST_TEST(3 * (fragments(batch) - batch_before) <= fragments(live) - live_before);
  BOOST_TEST(wait_for(live, "succeeded", 180s), log());
  BOOST_TEST(state_of(batch) == "running");
  BOOST_TEST(wait_for(batch, "succeeded", 400s), log());
  std::ifstream file{served() / "jobs" / batch / "job.json"};
  const auto report = json::parse(file);
  BOOST_TEST(report["mishaps"].empty(), report["mishaps"].dump()); // nothing was taken back
  BOOST_TEST(report["stages"]["transcode"]["attempts"] == report["stages"]["transcode"]["tasks"]);
}

BOOST_AUTO_TEST_CASE(lets_a_job_of_high_priority_overtake_those_that_wait) {
  environment["MAX_CONCURRENT_JOBS"] = "1";
  begin();
  BOOST_TEST(run_client({"queues", "set", "default", "--pause"}).exit_code == 0);
  const auto submitted = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"submit", "/none", "--noop"});
    const auto done = run_client(std::move(words));
    BOOST_TEST_REQUIRE(done.exit_code == 0, done.story());
    return done.out.substr(0, done.out.find('\n'));
  };
  const std::vector<std::string> expected_last{submitted({}), submitted({"--priority", "low"})};
  const auto normal = submitted({"--priority", "normal"});
  const auto high = submitted({"--priority", "high"});
  BOOST_TEST(run_client({"queues", "set", "default", "--resume"}).exit_code == 0);
  BOOST_TEST(wait_until_nothing_is_open(30s), log());
  std::map<std::uint64_t, std::string> begun; // by the number of the event
  for (const auto& id : {expected_last[0], expected_last[1], normal, high}) {
    const auto history =
        run(program({"ledger", "history", id, "--database", database().string(), "--json"}), 60s);
    std::istringstream lines{history.out};
    for (std::string line; std::getline(lines, line);)
      if (const auto event = json::parse(line, nullptr, false);
          event.is_object() && event["kind"] == "started")
        begun[event["sequence"].get<std::uint64_t>()] = id;
  }
  BOOST_TEST_REQUIRE(begun.size() == 4U);
  std::vector<std::string> in_order;
  in_order.reserve(begun.size());
  for (const auto& [sequence, id] : begun)
    in_order.push_back(id);
  BOOST_TEST(in_order == (std::vector{high, expected_last[0], normal, expected_last[1]}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
