#include "test/service/a_service.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

struct a_measured_service : a_service {
  a_measured_service() {
    environment["VIDEO_DOC_SERVICE_METRICS"] = "127.0.0.1:0";
    start();
  }
  std::string address() {
    const std::string before = "metrics on ";
    until(60s, [&] { return log().find(before) != std::string::npos; });
    const auto text = log();
    const auto at = text.find(before) + before.size();
    return text.substr(at, text.find('\n', at) - at);
  }
  /// What Prometheus would read, once promtool has nothing against it.
  std::string scrape() {
    const auto read =
        run({{"/bin/sh", "-c",
              ("python3 -c \"import sys, urllib.request as r; "
               "sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())\" \"$0\" > \"$1\" && "
               "promtool check metrics < \"$1\" && cat \"$1\""),
              address(), (served() / "metrics.txt").string()},
             {},
             {}},
            30s);
    BOOST_TEST(read.succeeded(), read.story());
    return read.out;
  }
  /// The value behind a name and its labels; -1 when there is none.
  static double value_in(const std::string& text, const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_is_measured, a_measured_service)

BOOST_AUTO_TEST_CASE(tells_prometheus_what_it_has_done) {
  const std::string written = "video_doc_disk_written_bytes_total";
  BOOST_TEST_REQUIRE(wait_until_nothing_is_open(20s), log());
  const auto written_before = value_in(scrape(), written);
  const auto video = submit({{"source", make(source_named("mp4_faststart")).string()},
                             {"spec", {{"document", false}, {"captions", "off"}}}});
  BOOST_TEST_REQUIRE(wait_for(video, "succeeded", 300s), log());
  const json once{
      {"source", "/none"}, {"kind", "noop"}, {"queue", "night"}, {"idempotency_key", "k"}};
  BOOST_TEST(wait_for(submit(once), "succeeded", 60s), log());
  submit(once);
  const auto bad = submit({{"source", "/nowhere.mp4"}});
  BOOST_TEST(wait_for(bad, "failed", 90s));
  submit({{"source", "/none"}, {"kind", "noop"}, {"not_before", "2999-01-01T00:00:00Z"}});
  ask("SUBMIT", {{"source", "/a"}, {"tenant", "t"}, {"queue", "q"}, {"spec", {{"crf", 99}}}});
  std::string text;
  BOOST_TEST(until(60s, [&] { // stock is taken twice a second
    text = scrape();
    return value_in(text, R"(video_doc_jobs{queue="default",state="scheduled"})") == 1;
  }));
  const auto is = [&](const std::string& name, double expected) {
    BOOST_TEST(value_in(text, name) == expected, name << " is " << value_in(text, name));
  };
  is(R"(video_doc_job_states_total{queue="default",state="succeeded"})", 1);
  is(R"(video_doc_job_states_total{queue="night",state="succeeded"})", 1);
  is(R"(video_doc_dead_letters_total{queue="default"})", 1);
  is(R"(video_doc_intake_jobs_total{door="zmq",result="accepted"})", 4);
  is(R"(video_doc_intake_jobs_total{door="zmq",result="known"})", 1);
  is(R"(video_doc_job_running_seconds_count{queue="default"})", 2);
  is(R"(video_doc_job_waiting_seconds_count{queue="night"})", 1);
  is(R"(video_doc_breaker_state{breaker="ledger",state="closed"})", 1);
  BOOST_TEST(value_in(text, R"(video_doc_job_running_seconds_sum{queue="default"})") > 0.1);
  BOOST_TEST(value_in(text, "video_doc_ledger_commit_seconds_count") >= 5);
  BOOST_TEST(value_in(text, "video_doc_processes") >= 2);
  BOOST_TEST(value_in(text, "video_doc_cpu_seconds_total") > 0.1);
  BOOST_TEST(value_in(text, "video_doc_memory_pss_bytes") > 1e7);
  double results = 0;
  for (const auto& [name, bytes] : bytes_below(served() / "jobs" / video))
    results += static_cast<double>(bytes.size());
  BOOST_TEST(results > 10'000);
  BOOST_TEST(written_before >= 0);
  BOOST_TEST(until(60s, [&] { return value_in(scrape(), written) - written_before >= results; }));
  for (const auto* name :
       {"video_doc_disk_read_bytes_total", "video_doc_network_received_bytes_total",
        "video_doc_network_sent_bytes_total"})
    BOOST_TEST(value_in(text, name) >= 0, name);
}

BOOST_AUTO_TEST_CASE(counts_media_hosts_that_were_killed_and_what_they_have_done) {
  BOOST_TEST_REQUIRE(wait_until_nothing_is_open(20s));
  const auto video = submit({{"source", make(source_named("mp4_faststart")).string()},
                             {"spec", {{"document", false}, {"captions", "off"}}}});
  BOOST_TEST_REQUIRE(wait_for(video, "succeeded", 300s), log());
  const std::string counters[]{"video_doc_cpu_seconds_total", "video_doc_disk_read_bytes_total",
                               "video_doc_disk_written_bytes_total"};
  std::string before;
  BOOST_TEST(until(60s, [&] {
    before = scrape();
    return value_in(before, "video_doc_disk_written_bytes_total") > 10'000;
  }));
  const auto killed =
      run({{"/bin/sh", "-c", "pkill -KILL -P \"$0\" -f media-host", std::to_string(pid())}, {}, {}},
          60s);
  BOOST_TEST_REQUIRE(killed.succeeded());
  BOOST_TEST(until(60s, [&] {
    return value_in(scrape(), R"(video_doc_media_host_restarts_total{cause="killed"})") == 1;
  }));
  const auto after = scrape();
  for (const auto& name : counters)
    BOOST_TEST(value_in(after, name) >= value_in(before, name), name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_service_that_is_to_be_measured)

BOOST_FIXTURE_TEST_CASE(does_not_start_where_somebody_else_tells_metrics, a_measured_service) {
  a_service second;
  const auto taken = address();
  const auto place = taken.substr(std::string{"http://"}.size(),
                                  taken.rfind("/metrics") - std::string{"http://"}.size());
  second.more_words = {"--metrics", place};
  second.start();
  BOOST_TEST(second.ends_by_itself(60s) == 1, second.log());
  const auto words = "cannot tell metrics on " + place + ": Address already in use\n";
  const auto said = second.log();
  BOOST_TEST(said.find(words) != std::string::npos, said);
  BOOST_TEST(said.find("error") == said.rfind("error"), said); // in one line
}

BOOST_FIXTURE_TEST_CASE(tells_nothing_to_other_machines_unless_it_is_exposed, a_service) {
  more_words = {"--metrics", "0.0.0.0:0"};
  start();
  BOOST_TEST(ends_by_itself(60s) == 1, log());
  BOOST_TEST(log().find("0.0.0.0:0 can be reached from other machines") != std::string::npos,
             log());
}

BOOST_AUTO_TEST_SUITE_END()
