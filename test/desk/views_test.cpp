#include "cluster/desk/submission.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc;
using namespace vdoc::desk;

BOOST_AUTO_TEST_SUITE(what_the_desk_shows)

BOOST_AUTO_TEST_CASE(of_a_job_is_what_was_asked_and_where_it_stands) {
  job_view view;
  view.record.what.id = "id-1";
  view.record.what.source = "/films/talk.mp4";
  view.record.what.spec = R"({"crf":21})";
  view.record.what.labels = R"({"show":"news"})";
  view.record.what.after = {"id-0"};
  view.record.state = ledger::job_state::running;
  view.record.attempts = 2;
  view.record.tries = 1;
  view.record.submitted_unix_ms = 1'764'576'000'000;
  view.record.changed_unix_ms = 1'764'576'000'123;
  view.record.last_cause = "SIGSEGV";
  view.progress = 0.5;
  view.eta_unix_ms = 1'764'576'060'000;
  view.stage = "transcoding";
  view.folder = "/data/jobs/id-1";
  BOOST_TEST(to_json(view) ==
             R"({"id":"id-1","state":"running","source":"/films/talk.mp4","tenant":"default",)"
             R"("queue":"default","priority":0,"labels":{"show":"news"},"after":["id-0"],)"
             R"("spec":{"crf":21},"attempts":2,"tries":1,"cause":"SIGSEGV",)"
             R"("submitted_at":"2025-12-01T08:00:00.000Z","changed_at":"2025-12-01T08:00:00.123Z",)"
             R"("progress":0.5,"eta":"2025-12-01T08:01:00.000Z","stage":"transcoding",)"
             R"("folder":"/data/jobs/id-1"})");
}

BOOST_AUTO_TEST_CASE(of_a_job_with_the_results_of_another_is_which_one_has_made_them) {
  job_view view;
  view.record.state = ledger::job_state::succeeded;
  BOOST_TEST(!nlohmann::json::parse(to_json(view)).contains("reused_from"));
  view.record.reused_from = "id-0";
  BOOST_TEST(nlohmann::json::parse(to_json(view))["reused_from"] == "id-0");
}

BOOST_AUTO_TEST_CASE(says_nothing_of_progress_when_nothing_runs) {
  job_view view;
  view.record.state = ledger::job_state::queued;
  view.progress = 0.5;
  const auto shown = nlohmann::json::parse(to_json(view));
  BOOST_TEST(shown["state"] == "queued");
  BOOST_TEST(!shown.contains("progress"));
  BOOST_TEST(!shown.contains("submitted_at"));
}

BOOST_AUTO_TEST_CASE(survives_texts_that_are_neither_utf8_nor_json) {
  job_view view;
  view.record.last_cause = "a\xffz";
  view.record.what.spec = "{broken";
  const auto shown = nlohmann::json::parse(to_json(view));
  BOOST_TEST(shown["cause"] == "a\xef\xbf\xbdz");
  BOOST_TEST(shown["spec"] == "{broken");
}

BOOST_AUTO_TEST_CASE(of_a_queue_is_its_load_and_its_limits) {
  BOOST_TEST(to_json(queue_view{"default", true, 2, 60, 7, 1, 3, 1'500, 9'000}) ==
             R"({"name":"default","paused":true,"concurrency":2,"starts_per_min":60,"waiting":7,)"
             R"("running":1,"scheduled":3,"oldest_age_ms":1500,"backlog_media_ms":9000})");
}

BOOST_AUTO_TEST_CASE(of_a_tenant_is_what_it_has_and_may_have_and_only_its_own_sees_it) {
  tenant_view one{"a", 1'000, 20, 7, 2};
  one.limits[tenant_limit::stored_mb] = 5;
  one.own = {{tenant_limit::stored_mb, 5}};
  BOOST_TEST(
      to_json(one) ==
      R"({"name":"a","waiting":7,"running":2,"results_bytes":1000,"uploads_bytes":20,)"
      R"("limit_bytes":5000000,"limits":{"queued":0,"running":0,"stored_mb":5,"upload_gb":0,)"
      R"("share":1},"own":["stored_mb"]})");
  const std::vector<tenant_view> all{{"a", 1, 0}, {"b", 2, 0}};
  BOOST_TEST((seen_by({"ann", "b", role::viewer}, all) == std::vector{all.at(1)}));
  BOOST_TEST((seen_by({"ann", "*", role::viewer}, all) == all));
}

BOOST_AUTO_TEST_CASE(of_a_refusal_is_a_code_and_what_to_do) {
  BOOST_TEST(to_json(verdict{refusal::busy, "the ledger is away", "try again", 500}) ==
             R"({"error":{"code":"busy","message":"the ledger is away","advice":"try again",)"
             R"("retry_after_ms":500}})");
  BOOST_TEST(to_json(verdict{refusal::not_found, "no such job", "", 0}) ==
             R"({"error":{"code":"not_found","message":"no such job"}})");
  BOOST_TEST(to_string(refusal::over_quota) == "over_quota");
}

BOOST_AUTO_TEST_CASE(of_what_only_the_leader_can_do_is_where_the_leader_is) {
  BOOST_TEST(to_json(ask_leader({"a", "tcp://a:5555", "http://a:8080"})) ==
             R"({"error":{"code":"not_leader",)"
             R"("message":"node a leads the cluster, and only it can do that",)"
             R"("advice":"ask http://a:8080","retry_after_ms":500,)"
             R"("leader":{"node":"a","zmq":"tcp://a:5555","http":"http://a:8080"}}})");
  BOOST_TEST(
      to_json(ask_leader({"a", "", ""})) ==
      R"({"error":{"code":"not_leader","message":"node a leads the cluster, and only it can )"
      R"(do that, but it has no doors: it is no gateway","advice":"give the nodes that may )"
      R"(lead the role gateway as well, if this is needed","retry_after_ms":500,)"
      R"("leader":{"node":"a"}}})");
  BOOST_TEST(to_json(ask_leader({})) ==
             R"({"error":{"code":"not_leader",)"
             R"("message":"no node leads the cluster at the moment","advice":"try again",)"
             R"("retry_after_ms":500}})");
}

BOOST_AUTO_TEST_CASE(of_a_cluster_is_who_is_there_and_who_leads) {
  node_view a{{"a", "tcp://a:5555", ""}, "id-1", "1.2.3", {"worker"}, {"gpu"}, 1'764'576'000'000};
  a.here = a.leads = true;
  a.state = "cordoned";
  a.reason = "new disk";
  a.by = "ann";
  a.state_since_unix_ms = 1'764'576'001'000;
  node_view b{{"b", "", ""}, "id-2", "1.2.3", {}, {}};
  b.asked = true;
  b.state = "silent";
  BOOST_TEST(
      cluster_to_json({a, b}) ==
      R"({"leader":"a","nodes":[{"name":"a","state":"cordoned","reason":"new disk","by":"ann",)"
      R"("state_since":"2025-12-01T08:00:01.000Z","leads":true,"asked":false,)"
      R"("version":"1.2.3","roles":["worker"],"offers":["gpu"],"zmq":"tcp://a:5555",)"
      R"("incarnation":"id-1",)"
      R"("since":"2025-12-01T08:00:00.000Z"},)"
      R"({"name":"b","state":"silent","leads":false,"asked":true,"version":"1.2.3",)"
      R"("roles":[],"offers":[],"incarnation":"id-2"}]})");
  BOOST_TEST(cluster_to_json({b}).starts_with(R"({"leader":"",)"));
}

BOOST_AUTO_TEST_CASE(of_a_node_says_how_busy_it_is_as_far_as_it_does) {
  node_view a{{"a", "", ""}, "id-1", "1.2.3", {}, {}};
  a.oldest_protocol = 4;
  a.newest_protocol = 5;
  a.load = vdoc::resources::node_load{142, 900, 63'000, {{"host-1", 97, 210}}};
  a.slots = heavy_slots{1, 2};
  BOOST_TEST(to_json(a).ends_with(
      R"("incarnation":"id-1","protocols":{"oldest":4,"newest":5},"load":{"busy":1.42,)"
      R"("memory_free_mib":900,"disk_free_mib":63000,"hosts":[{"name":"host-1","cpu":0.97,)"
      R"("memory_mib":210}]},"slots":{"taken":1,"of":2}})"));
  a.load = vdoc::resources::node_load{0, 0, -1, {}};
  BOOST_TEST(to_json(a).find(R"("load":{"busy":0.0,"memory_free_mib":0,"hosts":[]})") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
