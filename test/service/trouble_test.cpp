#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/own_clock.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/raw_wire.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <unistd.h>
#include <zmq.hpp>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using steady = std::chrono::steady_clock;

json noop(const std::string& tenant = "default") {
  return {{"source", "/none"}, {"kind", "noop"}, {"tenant", tenant}};
}

/// What it says of itself.
json how_it_is(a_service& it) {
  return it.ask("PING", json::object()).value_or(json::object());
}

bool is_ready(a_service& it, std::chrono::milliseconds patience) {
  return until(patience, [&] { return how_it_is(it).value("ready", false); });
}

/// On a new and empty PostgreSQL.
struct a_service_on_postgres : a_service {
  postgres_server server;
  a_service_on_postgres() {
    environment["DATABASE_URL"] = server.new_database();
    start();
  }
};

/// Whose folder has twelve megabytes of disk, in a name space of its own.
struct a_service_on_a_small_disk : a_service {
  a_service_on_a_small_disk() {
    std::filesystem::create_directory(served());
    words_before = {"unshare",
                    "--mount",
                    "sh",
                    "-c",
                    "mount -t tmpfs -o size=12m tmpfs \"$0\" && exec \"$@\"",
                    served().string()};
    start();
  }
  /// The disk as the service sees it.
  [[nodiscard]] std::filesystem::path inside() const {
    return "/proc/" + std::to_string(pid()) + "/root" + served().string();
  }
  void fill() const {
    std::ofstream out{inside() / "filling", std::ios::binary};
    const std::string block(4'096, 'x');
    while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void make_room() const { std::filesystem::remove(inside() / "filling"); }
};

struct a_service_with_a_clock_of_its_own : a_service {
  own_clock clock;
  a_service_with_a_clock_of_its_own() {
    clock.add_to(environment);
    start();
  }
};

struct a_service_that_logs_for_machines : a_service {
  a_service_that_logs_for_machines() {
    environment["LOG_FORMAT"] = "json";
    environment["VIDEO_DOC_CLUSTER_NAME"] = "studio-7"; // and not what the machine is called
    start();
  }
};

struct a_running_service : a_service {
  a_running_service() { start(); }
};

/// It takes root, and a container may be forbidden to do so all the same.
boost::test_tools::assertion_result may_mount(boost::unit_test::test_unit_id /*test*/) {
  return ::geteuid() == 0 &&
         run({{"unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"}, {}, {}}, 60s)
             .succeeded();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_service_in_trouble)

BOOST_FIXTURE_TEST_CASE(gets_ready_on_a_database_that_nobody_has_used, a_service_on_postgres) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  BOOST_TEST(wait_for(submit(noop()), "succeeded", 60s), log());
}

BOOST_FIXTURE_TEST_CASE(says_why_it_takes_nothing_while_the_database_is_away,
                        a_service_on_postgres) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  server.stop();
  const auto refused = ask("SUBMIT", noop());
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST(refused->at("code") == "busy");
  BOOST_TEST(refused->at("error").at("retry_after_ms").get<int>() > 0);
  BOOST_TEST(refused->at("error").at("message").get<std::string>().find("ledger") !=
                 std::string::npos,
             refused->dump());
  server.start();
  const auto back = steady::now();
  BOOST_TEST(until(60s, [&] { return ask("SUBMIT", noop())->at("code") == "OK"; }), log());
  BOOST_TEST((steady::now() - back < 5s));
}

BOOST_TEST_DECORATOR(*boost::unit_test::precondition(may_mount))
BOOST_FIXTURE_TEST_CASE(takes_nothing_while_its_disk_is_full_and_then_goes_on,
                        a_service_on_a_small_disk) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  BOOST_TEST(wait_for(submit(noop()), "succeeded", 60s), log());
  fill();
  // Pages that the log has room for are still taken; what is acknowledged has been written.
  std::vector<std::string> acknowledged;
  json refused;
  for (int i = 0; i < 10'000 && refused.empty(); ++i) {
    const auto answer = ask("SUBMIT", {{"source", "/none"},
                                       {"kind", "noop"},
                                       {"not_before", "2999-01-01T00:00:00Z"},
                                       {"labels", {{"much", std::string(200, 'x')}}}});
    BOOST_REQUIRE(answer.has_value());
    if (answer->at("code") == "OK")
      acknowledged.push_back(answer->at("id"));
    else
      refused = *answer;
  }
  BOOST_TEST_REQUIRE(!refused.empty());
  BOOST_TEST(refused["code"] == "busy");
  BOOST_TEST(refused["error"]["message"].get<std::string>().find("full") != std::string::npos,
             refused.dump());
  make_room();
  BOOST_TEST(until(60s, [&] { return ask("SUBMIT", noop())->at("code") == "OK"; }), log());
  for (const auto& id : acknowledged)
    BOOST_TEST_REQUIRE(state_of(id) == "scheduled");
}

BOOST_FIXTURE_TEST_CASE(starts_what_is_due_when_the_clock_is_set_on,
                        a_service_with_a_clock_of_its_own) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  constexpr std::int64_t half_an_hour_ms = 30LL * 60 * 1'000;
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  auto later = noop();
  later["not_before"] = now_ms + half_an_hour_ms;
  const auto id = submit(later);
  BOOST_TEST(state_of(id) == "scheduled");
  clock.set("+1h");
  BOOST_TEST(wait_for(id, "succeeded", 60s), log());
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_running_work_when_the_clock_is_set_back,
                        a_service_with_a_clock_of_its_own) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  clock.set("-1h");
  BOOST_TEST(wait_for(submit(noop()), "succeeded", 60s), log());
  kill_node();
  start();
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  const auto id = submit(noop());
  BOOST_TEST(wait_for(id, "succeeded", 60s), log()); // a media host, with a certificate of today
}

BOOST_FIXTURE_TEST_CASE(keeps_one_job_of_a_client_that_left_before_its_receipt, a_running_service) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  const auto job = json{{"source", "/none"}, {"kind", "noop"}, {"idempotency_key", "once"}}.dump();
  constexpr int times = 20;
  for (int i = 0; i < times; ++i) {
    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::dealer};
    socket.connect(endpoint());
    for (const auto& part : {std::string{"VDOC1"}, std::to_string(i), std::string{"SUBMIT"}})
      socket.send(zmq::buffer(part), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(job));
    socket.set(zmq::sockopt::linger, 1'000);
    socket.close(); // the request goes out, nobody is there for the answer
  }
  const auto known = ask("SUBMIT", json::parse(job));
  BOOST_REQUIRE(known.has_value());
  BOOST_TEST(known->at("known") == true);
  BOOST_TEST(wait_for(known->at("id"), "succeeded", 60s));
  const auto listed = run(client({"list", "--json"}), 60s);
  BOOST_TEST(std::ranges::count(listed.out, '\n') == 1, listed.out);
}

BOOST_FIXTURE_TEST_CASE(answers_a_thousand_clients_at_once, a_running_service) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  constexpr int clients = 1'000;
  allow_many_wires();
  zmq::context_t context{1};
  context.set(zmq::ctxopt::max_sockets, 2 * clients);
  std::vector<zmq::socket_t> sockets;
  for (int i = 0; i < clients; ++i) {
    auto& one = sockets.emplace_back(context, zmq::socket_type::dealer);
    one.set(zmq::sockopt::linger, 0);
    one.set(zmq::sockopt::rcvtimeo, 60'000);
    one.connect(endpoint());
  }
  const auto job = noop().dump();
  for (auto& one : sockets) {
    for (const auto* part : {"VDOC1", "1", "SUBMIT"})
      one.send(zmq::buffer(std::string_view{part}), zmq::send_flags::sndmore);
    one.send(zmq::buffer(job));
  }
  std::set<std::string> ids;
  for (auto& one : sockets) {
    std::array<zmq::message_t, 4> answer;
    for (auto& part : answer)
      BOOST_REQUIRE(one.recv(part).has_value());
    BOOST_TEST(answer[2].to_string() == "OK", answer[3].to_string());
    ids.insert(json::parse(answer[3].to_string()).value("id", ""));
  }
  BOOST_TEST(ids.size() == static_cast<std::size_t>(clients));
  BOOST_TEST(wait_until_nothing_is_open(60s), log());
}

BOOST_FIXTURE_TEST_CASE(keeps_others_going_while_one_tenant_floods_it, a_running_service) {
  BOOST_TEST_REQUIRE(is_ready(*this, 20s), log());
  constexpr int batches = 20;
  constexpr int jobs_in_a_batch = 1'000;
  for (int i = 0; i < batches; ++i) {
    const auto answer =
        ask("SUBMIT-BATCH", {{"jobs", std::vector<json>(jobs_in_a_batch, noop("flood"))}});
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST_REQUIRE(answer->at("code") == "OK");
  }
  const auto open_before = how_it_is(*this).at("open").get<int>();
  const auto begun = steady::now();
  const auto id = submit(noop("patient"));
  BOOST_TEST_REQUIRE(wait_for(id, "succeeded", 60s), log());
  const auto took = steady::now() - begun;
  const auto open_after = how_it_is(*this).at("open").get<int>();
  BOOST_TEST((took < 20s));
  BOOST_TEST(open_after > open_before / 2,
             open_before << " open before, " << open_after << " after");
}

BOOST_FIXTURE_TEST_CASE(logs_job_fragment_trace_and_node_of_what_a_media_host_took_along,
                        a_service_that_logs_for_machines) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"},
                          {"spec", {{"document", false}, {"captions", "off"}}}});
  const auto video = served() / "jobs" / id / "video";
  BOOST_TEST_REQUIRE(until(180s, [&] { return std::filesystem::exists(video); }), log());
  const auto killed =
      run({{"/bin/sh", "-c", "pkill -KILL -P \"$0\" -f media-host", std::to_string(pid())}, {}, {}},
          60s);
  BOOST_TEST_REQUIRE(killed.succeeded());
  BOOST_TEST(wait_for(id, "succeeded", 400s), log());
  std::map<std::string, json> lines;
  std::istringstream all{log()};
  for (std::string line; std::getline(all, line);)
    if (const auto one = json::parse(line, nullptr, false); one.is_object())
      lines[one.value("message", "")] = one;
  for (const auto* what : {"job running", "job lost", "job succeeded"}) {
    BOOST_TEST_CONTEXT(what) {
      BOOST_TEST(lines[what]["job"] == id);
      BOOST_TEST(lines[what]["attempt"] == "1");
      BOOST_TEST(lines[what]["trace"] == trace);
      BOOST_TEST(lines[what]["node"] == "studio-7");
    }
  }
  BOOST_TEST(!lines["job lost"].value("fragment", "").empty(), lines["job lost"].dump());
}

BOOST_FIXTURE_TEST_CASE(says_to_people_which_node_it_is, a_service) {
  more_words = {"--node", "studio-8"};
  start();
  BOOST_TEST(
      until(60s, [&] { return log().find(" info    studio-8: listening on ") != log().npos; }),
      log());
}

BOOST_AUTO_TEST_SUITE_END()
