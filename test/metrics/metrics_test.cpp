#include "cluster/resources/breaker.hpp"
#include "net/metrics/metrics.hpp"
#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

desk::tenant_limits limit_of_stored(std::uint64_t mb) {
  desk::tenant_limits limits;
  limits[desk::tenant_limit::stored_mb] = mb;
  return limits;
}

struct a_service_that_counts {
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  std::int64_t now_ms = 1'000'000;
  std::string folder = "/proc"; // which other programs do not fill meanwhile
  int looks = 0;
  net::metrics metrics{{measures, [this] { return now_ms; },
                        [this] {
                          ++looks;
                          return uses;
                        },
                        folder, "1.2.3",
                        [] { return uploads::upload_counts{9, 4, 2, 1, 12'345, 3}; },
                        [this] { return tenants; }, [this] { return leads; }}};
  resources::tree_use uses{3, 12.5, 4'096, 1, 2, 3, 4};
  bool leads = true;
  std::vector<desk::tenant_view> tenants{{"a", 5'000, 7, 0, 0, limit_of_stored(10)}};

  void work() {
    measures->states.of({"night", "failed"}).add(2);
    measures->states.of({"night", "retrying"}).add(5);
    measures->waiting_s.of({"night"}).observe(0.7);
    measures->running_s.of({"night"}).observe(90'000);
    measures->host_restarts.of({"crashed"}).add();
    measures->artefacts.of({"left"}).add(2);
    measures->set_artefacts(
        {{{"artefacts", "open", 3, 1'000, 0, 2}, {"artefacts fallback", "closed", 0, 0, 0, 0, 1}},
         1,
         7});
    measures->webhook_attempts.of({"failed"}).add(6);
    measures->webhooks_given_up.add(2);
    measures->set_webhooks({{{"webhook hooks.example:443", "open", 5, 1'000, 2'000, 4}}, 9});
    measures->twins.of({"won"}).add(3);
    measures->moved_bytes.of({"out"}).add(4'096);
    measures->batch_entries.observe(40);
    measures->commit_s.observe(0.003);
    measures->taken_in.of({"zmq", "accepted"}).add(7);
    measures->taking_s.of({"zmq"}).observe(0.004);
    measures->set_queues(
        {{"night \"1\"", true, 1, 2, 3, now_ms - 4'500, 60'000}},
        {{"ledger", "closed"},
         {"source films.example", resources::to_string(resources::breaker::position::half_open)}});
    measures->set_stages({{"stage.transcode", true, 0, 4, 1, now_ms - 2'000, 0}});
  }
  /// Whether the text has this line.
  static bool has(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_metrics_of_a_service, a_service_that_counts)

BOOST_AUTO_TEST_CASE(tell_what_was_counted_under_names_with_units) {
  work();
  const auto text = metrics.scrape();
  for (const char* line :
       {R"(video_doc_jobs{queue="night \"1\"",state="waiting"} 2)",
        R"(video_doc_queue_oldest_age_seconds{queue="night \"1\""} 4.5)",
        R"(video_doc_queue_backlog_media_seconds{queue="night \"1\""} 60)",
        R"(video_doc_queue_paused{queue="night \"1\""} 1)",
        R"(video_doc_stage_tasks{queue="stage.transcode",state="waiting"} 4)",
        R"(video_doc_stage_tasks{queue="stage.transcode",state="running"} 1)",
        R"(video_doc_queue_oldest_age_seconds{queue="stage.transcode"} 2)",
        R"(video_doc_queue_paused{queue="stage.transcode"} 1)",
        R"(video_doc_job_states_total{queue="night",state="failed"} 2)",
        R"(video_doc_job_retries_total{queue="night"} 5)",
        R"(video_doc_dead_letters_total{queue="night"} 2)",
        R"(video_doc_job_waiting_seconds_bucket{queue="night",le="0.5"} 0)",
        R"(video_doc_job_waiting_seconds_bucket{queue="night",le="2"} 1)",
        R"(video_doc_job_running_seconds_bucket{queue="night",le="43200"} 0)",
        R"(video_doc_job_running_seconds_bucket{queue="night",le="+Inf"} 1)",
        R"(video_doc_job_running_seconds_sum{queue="night"} 90000)",
        R"(video_doc_media_host_restarts_total{cause="crashed"} 1)",
        R"(video_doc_artefacts_total{result="left"} 2)",
        R"(video_doc_breaker_state{breaker="artefacts",state="open"} 1)",
        R"(video_doc_breaker_state{breaker="artefacts fallback",state="closed"} 1)",
        R"(video_doc_artefacts_waiting{in="folder"} 1)",
        R"(video_doc_artefacts_waiting{in="fallback"} 7)",
        R"(video_doc_webhook_attempts_total{result="failed"} 6)",
        R"(video_doc_webhooks_given_up_total 2)",
        R"(video_doc_webhooks_waiting 9)",
        R"(video_doc_breaker_state{breaker="webhook hooks.example:443",state="open"} 1)",
        R"(video_doc_twins_total{result="won"} 3)",
        R"(video_doc_moved_bytes_total{direction="out"} 4096)",
        R"(video_doc_breaker_state{breaker="source films.example",state="half_open"} 1)",
        R"(video_doc_breaker_state{breaker="ledger",state="open"} 0)",
        R"(video_doc_ledger_batch_entries_count 1)",
        R"(video_doc_intake_jobs_total{door="zmq",result="accepted"} 7)",
        R"(video_doc_uploads_created_total 9)",
        R"(video_doc_uploads_finished_total 4)",
        R"(video_doc_uploads_expired_total 2)",
        R"(video_doc_uploads_withdrawn_total 1)",
        R"(video_doc_upload_received_bytes_total 12345)",
        R"(video_doc_uploads_open 3)",
        R"(video_doc_tenant_stored_bytes{tenant="a",what="results"} 5000)",
        R"(video_doc_tenant_stored_bytes{tenant="a",what="uploads"} 7)",
        R"(video_doc_tenant_stored_limit_bytes{tenant="a"} 10000000)",
        R"(video_doc_cpu_seconds_total 12.5)",
        R"(video_doc_processes 3)",
        R"(video_doc_memory_pss_bytes 4096)",
        R"(video_doc_build_info{version="1.2.3"} 1)",
        R"(# TYPE video_doc_intake_seconds histogram)"})
    BOOST_TEST(has(text, line), line << "\nis not in\n" << text);
}

BOOST_AUTO_TEST_CASE(tell_what_a_leader_knows_only_while_the_node_leads) {
  work();
  measures->set_artefact_reader({"artefacts read", "open", 3, 1'000, 2'000});
  const auto before = metrics.scrape();
  leads = false;
  const auto text = metrics.scrape();
  for (const auto* name :
       {"video_doc_jobs{", "video_doc_queue_oldest_age_seconds{", "video_doc_stage_tasks{",
        "video_doc_queue_backlog_media_seconds{", "video_doc_queue_paused{",
        "video_doc_breaker_state{breaker=\"source", "video_doc_breaker_state{breaker=\"webhook",
        "video_doc_breaker_state{breaker=\"ledger", "video_doc_webhooks_waiting",
        "video_doc_artefacts_waiting"}) {
    BOOST_TEST(before.find(name) != std::string::npos, name);
    BOOST_TEST(text.find(name) == std::string::npos, name << " is in\n" << text);
  }
  BOOST_TEST(has(text, R"(video_doc_breaker_state{breaker="artefacts read",state="open"} 1)"));
  BOOST_TEST(has(text, R"(video_doc_job_states_total{queue="night",state="failed"} 2)"));
  BOOST_TEST(has(text, "video_doc_webhooks_given_up_total 2"));
  leads = true;
  BOOST_TEST(metrics.scrape() == before);
}

BOOST_AUTO_TEST_CASE(let_no_counter_fall) {
  uses = {3, 12.5, 4'096, 700, 800, 900, 1'000};
  (void)metrics.scrape();
  uses = {2, 3, 2'048, 70, 900, 9, 10};
  now_ms += 1'000;
  const auto text = metrics.scrape();
  for (const char* line :
       {"video_doc_processes 2", "video_doc_cpu_seconds_total 12.5",
        "video_doc_memory_pss_bytes 2048", "video_doc_disk_read_bytes_total 700",
        "video_doc_disk_written_bytes_total 900", "video_doc_network_received_bytes_total 900",
        "video_doc_network_sent_bytes_total 1000"})
    BOOST_TEST(has(text, line), line << "\nis not in\n" << text);
}

BOOST_AUTO_TEST_CASE(tell_the_room_on_the_disk_of_the_folder) {
  const auto told = [this](const std::string& disk) {
    const auto text =
        net::metrics{{measures, [] { return 0; }, [this] { return uses; }, disk, "1"}}.scrape();
    const std::string name = "\nvideo_doc_folder_size_bytes ";
    const auto at = text.find(name);
    return at == std::string::npos ? -1.0 : std::stod(text.substr(at + name.size()));
  };
  const auto df = test::run({{"/bin/df", "--block-size=1", "--output=size", "/"}, {}, {}}, 60s);
  BOOST_TEST(told("/") == std::stod(df.out.substr(df.out.find('\n'))), df.story());
  BOOST_TEST(told("/proc") == 0.0);
  BOOST_TEST(told("/no/such/folder") == -1.0); // and all else is told
}

BOOST_AUTO_TEST_CASE(tell_when_the_certificate_ends_where_there_is_one) {
  const std::string name = "video_doc_certificate_expires_timestamp_seconds";
  BOOST_TEST(metrics.scrape().find(name) == std::string::npos);
  measures->set_certificate_end(1'764'576'000);
  BOOST_TEST(has(metrics.scrape(), name + " 1764576000"));
}

BOOST_AUTO_TEST_CASE(grow_older_between_looks_at_a_queue) {
  work();
  now_ms += 10'000;
  BOOST_TEST(
      has(metrics.scrape(), R"(video_doc_queue_oldest_age_seconds{queue="night \"1\""} 14.5)"));
}

BOOST_AUTO_TEST_CASE(tell_of_the_hundred_tenants_that_have_stored_most) {
  for (int i = 0; i < 150; ++i)
    tenants.push_back({"t" + std::to_string(i), static_cast<std::uint64_t>(i), 100});
  const auto text = metrics.scrape();
  BOOST_TEST(has(text, R"(video_doc_tenant_stored_bytes{tenant="a",what="results"} 5000)"));
  BOOST_TEST(has(text, R"(video_doc_tenant_stored_bytes{tenant="t51",what="results"} 51)"));
  BOOST_TEST(text.find(R"({tenant="t50",)") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(look_at_processes_once_a_second_however_often_they_are_asked) {
  for (int i = 0; i < 5; ++i)
    (void)metrics.scrape();
  BOOST_TEST(looks == 1);
  now_ms += 1'000;
  (void)metrics.scrape();
  BOOST_TEST(looks == 2);
}

BOOST_AUTO_TEST_CASE(please_promtool) {
  work();
  const test::temp_folder folder;
  const auto file = (folder / "metrics.txt").string();
  std::ofstream{file} << metrics.scrape();
  const auto checked =
      test::run({{"/bin/sh", "-c", "promtool check metrics < '" + file + "'"}, {}, {}}, 60s);
  BOOST_TEST(checked.succeeded(), checked.story());
  BOOST_TEST(checked.out + checked.err == "");
}

BOOST_AUTO_TEST_CASE(are_served_to_whoever_asks_the_door) {
  work();
  const net::metrics_door door{metrics, "127.0.0.1:0"};
  const auto read = test::run({{"/usr/bin/python3", "-c",
                                "import sys, urllib.request as r; print(r.urlopen('http://' + "
                                "sys.argv[1] + '/metrics').read().decode())",
                                door.address()},
                               {},
                               {}},
                              20s);
  BOOST_TEST(has(read.out, "video_doc_processes 3"), read.story());
  BOOST_CHECK_EXCEPTION(net::metrics_door(metrics, door.address()), std::runtime_error,
                        [&](const auto& why) {
                          return why.what() == "cannot tell metrics on " + door.address() +
                                                   ": Address already in use";
                        });
}

BOOST_AUTO_TEST_CASE(are_told_to_other_machines_only_when_that_is_asked_for) {
  for (const auto* open : {"0.0.0.0:0", "[::]:0", "10.1.2.3:0", "[::ffff:127.0.0.1]:0"}) {
    BOOST_TEST_CONTEXT(open) {
      BOOST_CHECK_EXCEPTION(net::metrics_door(metrics, open), std::runtime_error, [](auto& why) {
        return std::string{why.what()}.find("service.exposed") != std::string::npos;
      });
    }
  }
  for (const auto* odd : {"9464", "+9464", "*:9464", "127.0.0.1:1,0.0.0.0:2", "nowhere:9464"})
    BOOST_CHECK_THROW(net::metrics_door(metrics, odd, true), std::runtime_error);
  const net::metrics_door all{metrics, "0.0.0.0:0", true};
  BOOST_TEST(all.address().starts_with("0.0.0.0:"));
  BOOST_TEST(!all.address().ends_with(":0"));
  const net::metrics_door own{metrics, "localhost:0"};
  BOOST_TEST(own.address().starts_with("127.0.0.1:"));
}

BOOST_AUTO_TEST_SUITE_END()
