#include "net/zmq/client.hpp"
#include "net/zmq/gateway.hpp"
#include "test/desk/plain_desk.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <random>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;

struct a_gateway {
  test::plain_desk desk;
  net::zmq_gateway door{desk, {"tcp://127.0.0.1:*", false}};
  net::zmq_client client{door.address()};

  json ask(const std::string& verb, const std::string& body = "") {
    const auto reply = client.ask(verb, body, 60s);
    BOOST_REQUIRE(reply.has_value());
    auto answer = json::parse(reply->body);
    answer["code"] = reply->code;
    return answer;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_zmq_gateway, a_gateway)

BOOST_AUTO_TEST_CASE(takes_jobs_and_says_how_they_stand) {
  const auto taken = ask("SUBMIT", R"({"source": "/films/talk.mp4"})");
  BOOST_TEST(taken.dump() == R"({"code":"OK","id":"id-0","known":false})");
  const auto job = ask("STATUS", R"({"id": "id-0"})");
  BOOST_TEST(job["source"] == "/films/talk.mp4");
  BOOST_TEST(ask("PING")["open"] == 1);
}

BOOST_AUTO_TEST_CASE(answers_a_batch_in_order_with_refusals_in_their_places) {
  const auto answer = ask(
      "SUBMIT-BATCH", R"({"jobs": [{"source": "/a"}, {}, {"source": "/busy"}, {"source": "/b"}]})");
  BOOST_REQUIRE(answer["jobs"].size() == 4u);
  BOOST_TEST(answer["jobs"][0]["id"] == "id-0");
  BOOST_TEST(answer["jobs"][1]["error"]["code"] == "bad_request");
  BOOST_TEST(answer["jobs"][2]["error"]["retry_after_ms"] == 1'200);
  BOOST_TEST(answer["jobs"][3]["id"] == "id-1");
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong) {
  BOOST_TEST(ask("SUBMIT", "{")["code"] == "bad_request");
  BOOST_TEST(ask("SUBMIT", R"({"source": "/a", "sauce": 1})")["error"]["message"] ==
             "unknown field sauce");
  BOOST_TEST(ask("SUBMIT", R"({"source": "/busy"})")["code"] == "busy");
  BOOST_TEST(ask("STATUS", R"({"id": "none"})")["code"] == "not_found");
  BOOST_TEST(ask("DANCE")["code"] == "bad_request");
  BOOST_TEST(ask("CANCEL", R"({"id": "a", "spec": {}})")["code"] == "bad_request");
}

BOOST_AUTO_TEST_CASE(tells_the_history_of_a_job) {
  const auto past = ask("HISTORY", R"({"id": "id-0"})");
  BOOST_TEST(past["code"] == "OK");
  BOOST_TEST(past["events"].dump() ==
             R"([{"at":"2025-12-01T08:00:00.000Z","attempt":0,"kind":"submitted","sequence":7}])");
  BOOST_TEST(ask("HISTORY")["code"] == "bad_request");
}

BOOST_AUTO_TEST_CASE(passes_orders_on_jobs_on) {
  BOOST_TEST(
      ask("REPRIORITISE", R"({"id": "id-0", "priority": "high", "cause": "a customer"})").dump() ==
      R"({"code":"OK","id":"id-0"})");
  BOOST_TEST(ask("REPRIORITISE", R"({"id": "id-1", "priority": -3})")["code"] == "conflict");
  BOOST_TEST(ask("REPRIORITISE", R"({"id": "id-0"})")["error"]["message"] == "priority is missing");
  BOOST_TEST(ask("RETRY", R"({"id": "id-2", "spec": {"crf": 21}})")["code"] == "OK");
  BOOST_TEST(ask("CANCEL", R"({"id": "id-2", "cause": "wrong file"})")["code"] == "OK");
  BOOST_TEST(desk.orders == (std::vector<std::string>{
                                "reprioritise id-0 a customer 10", "reprioritise id-1 -3",
                                R"(retry id-2 {"crf":21})", "cancel id-2 wrong file"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_schedules_of_jobs) {
  const auto put = ask("SCHEDULE", R"({"name": "nightly", "cron": "0 3 * * *",
                                       "job": {"source": "/films/talk.mp4", "tenant": "news"}})");
  BOOST_TEST(put.dump() == R"({"code":"OK","name":"nightly"})");
  const auto seen = ask("SCHEDULES")["schedules"];
  BOOST_REQUIRE(seen.size() == 1U);
  BOOST_TEST(seen[0]["cron"] == "0 3 * * *");
  BOOST_TEST(seen[0]["job"]["tenant"] == "news");
  BOOST_TEST(ask("UNSCHEDULE", R"({"name": "nightly"})")["code"] == "not_found");
  BOOST_TEST(ask("UNSCHEDULE", R"({"name": "nightly", "tenant": "news"})")["code"] == "OK");
  BOOST_TEST(ask("SCHEDULES")["schedules"].empty());
}

BOOST_AUTO_TEST_CASE(changes_of_a_queue_what_it_is_told) {
  BOOST_TEST(
      ask("QUEUE", R"({"name": "stage.demux", "paused": true, "starts_per_min": 9})").dump() ==
      R"({"code":"OK","name":"stage.demux"})");
  BOOST_TEST(desk.change.paused.value());
  BOOST_TEST(desk.change.starts_per_min.value() == 9u);
  BOOST_TEST(!desk.change.concurrency.has_value());
  BOOST_TEST(ask("QUEUE", R"({"name": "stage.demux"})")["error"]["message"] ==
             "nothing is to be changed");
  BOOST_TEST(ask("QUEUE", R"({"paused": true})")["error"]["message"] == "name is missing");
  BOOST_TEST(ask("QUEUE", R"({"name": "a", "pause": true})")["error"]["message"] ==
             "unknown field the request.pause");
}

BOOST_AUTO_TEST_CASE(limits_a_tenant_as_it_is_told) {
  BOOST_TEST(ask("TENANT", R"({"name": "acme", "queued": 9, "share": null})").dump() ==
             R"({"code":"OK","name":"acme"})");
  BOOST_TEST(desk.orders == std::vector<std::string>{"set acme queued=9 share=default"},
             boost::test_tools::per_element());
  BOOST_TEST(ask("TENANT", R"({"name": "acme"})")["error"]["message"] ==
             "nothing is to be changed");
  BOOST_TEST(ask("TENANT", R"({"queued": 9})")["error"]["message"] == "name is missing");
}

BOOST_AUTO_TEST_CASE(passes_orders_on_nodes_on_and_shows_the_cluster_without_one) {
  BOOST_TEST(ask("CLUSTER", R"({"action": "cordon", "node": "b", "cause": "new disk"})").dump() ==
             R"({"code":"OK","name":"b"})");
  BOOST_TEST(ask("CLUSTER", R"({"action": "drain", "node": "c"})")["code"] == "OK");
  BOOST_TEST(ask("CLUSTER", R"({"action": "uncordon", "node": "nobody"})")["code"] == "not_found");
  BOOST_TEST(desk.orders ==
                 (std::vector<std::string>{"cordon b new disk", "drain c", "uncordon nobody"}),
             boost::test_tools::per_element());
  BOOST_TEST(ask("CLUSTER", R"({"action": "stop", "node": "b"})")["error"]["message"] ==
             "action has to be cordon, uncordon or drain");
  BOOST_TEST(ask("CLUSTER", R"({"action": "drain"})")["error"]["message"] == "node is missing");
  BOOST_TEST(ask("CLUSTER", R"({"action": "drain", "node": "b", "now": true})")["code"] ==
             "bad_request");
  for (const auto* body : {"", "{}"})
    BOOST_TEST(ask("CLUSTER", body)["leader"] == "");
  BOOST_TEST(desk.orders.size() == 3u);
}

BOOST_AUTO_TEST_CASE(closes_a_breaker_by_its_name) {
  const auto done =
      ask("CLUSTER", R"({"action": "reset", "breaker": "source films.example", "cause": "back"})");
  BOOST_TEST(done["code"] == "OK");
  BOOST_TEST(done["name"] == "source films.example");
  BOOST_TEST(ask("CLUSTER", R"({"action": "reset", "breaker": "x"})")["code"] == "not_found");
  BOOST_TEST(ask("CLUSTER", R"({"action": "open", "breaker": "x"})")["code"] == "bad_request");
  BOOST_TEST(desk.orders == std::vector<std::string>{"reset source films.example back"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shows_supervision_and_breakers) {
  auto tree = ask("CLUSTER", R"({"show": "tree"})");
  BOOST_TEST(tree["node"] == "a");
  BOOST_TEST(tree["tree"].dump() ==
             R"([{"depth":0,"name":"node","restarts":0,"state":"up","strategy":"one_for_one"},)"
             R"({"depth":1,"last_cause":"gone","name":"ledger","restarts":2,"state":"up"}])");
  BOOST_TEST(
      ask("CLUSTER", R"({"show": "breakers"})")["breakers"].dump() ==
      R"([{"failures":3,"name":"source films.example","next_try":"2025-12-01T08:00:02.000Z",)"
      R"("since":"2025-12-01T08:00:00.000Z","state":"open","waiting":7}])");
  BOOST_TEST(
      ask("CLUSTER", R"({"show": "hosts"})").dump() ==
      R"({"at":"2025-12-01T08:00:00.000Z","code":"OK","costs":[{"node":"b","per_unit":0.25,"samples":15,)"
      R"("work":"h264 640x360"}],"hosts":[{"gets_work":false,"name":"b/host-1","node":"b",)"
      R"("slots":{"heavy":{"of":1,"taken":1}},"slowness":1.5,"tasks":[{)"
      R"("expected_end":"2025-12-01T08:00:03.000Z","id":"j/encode/1.0#1","job":"j",)"
      R"("since":"2025-12-01T07:59:58.000Z","stage":"transcode","twin":true}]}],)"
      R"("jobs":[{"expected_end":"2025-12-01T08:01:00.000Z","id":"j"}],"node":"a"})");
  BOOST_TEST(ask("CLUSTER", R"({"show": "everything"})")["code"] == "bad_request");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_schedule) {
  BOOST_TEST(ask("SCHEDULE",
                 R"({"name": "Nightly", "cron": "@daily", "job": {"source": "/a"}})")["error"]
                                                                                     ["message"] ==
             "name is made of a to z, 0 to 9 and ._-");
  BOOST_TEST(ask("SCHEDULE", R"({"name": "n", "cron": "@daily"})")["error"]["message"] ==
             "job is missing");
  const auto keyed = ask("SCHEDULE", R"({"name": "n", "cron": "@daily",
                                         "job": {"source": "/a", "idempotency_key": "mine"}})");
  BOOST_TEST(keyed["code"] == "bad_request");
}

BOOST_AUTO_TEST_CASE(answers_in_any_order_by_request_id) {
  zmq::context_t context;
  zmq::socket_t dealer{context, zmq::socket_type::dealer};
  dealer.set(zmq::sockopt::linger, 0);
  dealer.set(zmq::sockopt::rcvtimeo, 60'000);
  dealer.connect(door.address());
  desk.hold = true;
  const auto send = [&](const char* id, const char* verb, const char* body) {
    for (const char* part : {"VDOC1", id, verb})
      dealer.send(zmq::buffer(std::string_view{part}), zmq::send_flags::sndmore);
    dealer.send(zmq::buffer(std::string_view{body}), zmq::send_flags::none);
  };
  send("slow", "PING", "");
  send("quick", "SUBMIT", R"({"source": "/a"})");
  zmq::multipart_t first;
  BOOST_REQUIRE(first.recv(dealer));
  BOOST_TEST(first.peekstr(1) == "quick");
  {
    const std::scoped_lock lock{desk.mutex};
    for (const auto& answer : desk.held)
      answer({});
  }
  zmq::multipart_t second;
  BOOST_REQUIRE(second.recv(dealer));
  BOOST_TEST(second.peekstr(1) == "slow");
}

BOOST_AUTO_TEST_CASE(lives_on_after_frames_that_make_no_sense) {
  constexpr unsigned seed = 5'555;
  BOOST_TEST_INFO("seed " << seed);
  std::mt19937 chance{seed};
  zmq::context_t context;
  zmq::socket_t dealer{context, zmq::socket_type::dealer};
  dealer.set(zmq::sockopt::linger, 1'000);
  dealer.connect(door.address());
  const std::vector<std::string> words{"VDOC1",
                                       "VDOC9",
                                       "",
                                       "SUBMIT",
                                       "SUBMIT-BATCH",
                                       "LIST",
                                       "{",
                                       R"({"jobs": [[[[]]]]})",
                                       R"({"source": 7})",
                                       "\xff\xfe"};
  for (int i = 0; i < 5'000; ++i) {
    const auto frames = 1 + chance() % 12;
    for (unsigned at = 1; at <= frames; ++at) {
      const auto& word = words[chance() % words.size()];
      dealer.send(zmq::buffer(word),
                  at < frames ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  }
  BOOST_TEST(ask("PING")["ready"] == true);
}

BOOST_AUTO_TEST_CASE(is_not_opened_to_other_machines_unasked) {
  BOOST_CHECK_THROW(net::zmq_gateway(desk, {"tcp://0.0.0.0:*", false}), net::cannot_listen);
  const net::zmq_gateway exposed{desk, {"tcp://0.0.0.0:*", true}};
  BOOST_CHECK_THROW(net::zmq_gateway(desk, {door.address(), false}), net::cannot_listen);
}

BOOST_AUTO_TEST_SUITE_END()
