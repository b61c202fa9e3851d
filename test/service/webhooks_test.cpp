#include "cluster/resources/descriptor.hpp"
#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// A target that shares no code with the service, and knows these secrets.
class receiver {
public:
  /// Answers `status` to the first `refusals` letters; is there for so many others.
  receiver(int letters, const std::vector<std::string>& secrets, int refusals = 0, int status = 503)
      : running_{words(letters, secrets, refusals, status)} {
    until(60s, [&] { return running_.out_so_far().find('\n') != std::string::npos; });
  }
  [[nodiscard]] std::string url() const {
    const auto said = running_.out_so_far();
    return "http://127.0.0.1:" + said.substr(0, said.find('\n')) + "/";
  }
  /// What it has verified, a line each, once that is all.
  [[nodiscard]] std::string heard() const {
    until(120s, [&] { return running_.ended(); });
    const auto said = running_.out_so_far();
    return said.substr(said.find('\n') + 1);
  }

private:
  static command words(int letters, const std::vector<std::string>& secrets, int refusals,
                       int status) {
    const std::string program = VDOC_SOURCE_FOLDER "/test/service/webhook_receiver.py";
    std::vector<std::string> all{"/usr/bin/python3", program, std::to_string(status),
                                 std::to_string(refusals), std::to_string(letters)};
    all.insert(all.end(), secrets.begin(), secrets.end());
    return {all, {}, {}};
  }

  running_command running_;
};

/// A port of this machine. Nobody accepts there: either whoever connects waits for ever, or nobody
/// can connect.
class a_port {
public:
  enum class does { hang, refuse };
  explicit a_port(does what) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(::bind(socket_.number(), plain, size) == 0);
    BOOST_REQUIRE(::getsockname(socket_.number(), plain, &size) == 0);
    name_ = "127.0.0.1:" + std::to_string(::ntohs(address.sin_port));
    if (what == does::hang)
      BOOST_REQUIRE(::listen(socket_.number(), 100) == 0);
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string url() const { return "http://" + name_ + "/"; }

private:
  vdoc::resources::descriptor socket_;
  std::string name_;
};

struct a_service_with_webhooks : a_service {
  a_service_with_webhooks() { environment["VIDEO_DOC_SOURCE_ALLOWED_NETWORKS"] = "127.0.0.1"; }
  void begin() {
    start();
    BOOST_TEST_REQUIRE(ask("PING", json::object()).has_value(), log());
  }
  [[nodiscard]] outcome webhook(std::vector<std::string> words) const {
    words.insert(words.begin(), "webhook");
    words.insert(words.end(), {"--data", served().string()});
    return run(program(std::move(words)), 60s);
  }
  [[nodiscard]] std::string secret_of(const std::string& tenant) const {
    const auto printed = webhook({"secret", tenant});
    BOOST_TEST_REQUIRE(printed.succeeded(), printed.story());
    return printed.out.substr(0, printed.out.find('\n'));
  }
  /// A job of the tenant that does nothing; the receiver is told of its end.
  std::string submit_for(const std::string& tenant, const std::string& url) {
    return submit({{"source", "/none"}, {"kind", "noop"}, {"tenant", tenant}, {"callback", url}});
  }
  [[nodiscard]] bool measures(const std::string& line) const {
    const auto all = "\n" + web_client{http()}.get("/metrics").body;
    return all.find("\n" + line + "\n") != std::string::npos;
  }
  /// Attempts that have failed.
  [[nodiscard]] int failures() const {
    const std::string name = R"(video_doc_webhook_attempts_total{result="failed"} )";
    const auto all = web_client{http()}.get("/metrics").body;
    const auto at = all.find("\n" + name);
    return at == std::string::npos ? 0 : std::stoi(all.substr(at + 1 + name.size()));
  }
  /// As `cluster breakers` has it; empty if it has none of that name.
  [[nodiscard]] json breaker(const std::string& name) const {
    const auto seen = run_client({"cluster", "breakers", "--json"});
    BOOST_TEST_REQUIRE(seen.succeeded(), seen.story());
    for (const auto& one : json::parse(seen.out))
      if (one["name"] == name)
        return one;
    return json::object();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_calls_back, a_service_with_webhooks)

BOOST_AUTO_TEST_CASE(tells_how_a_job_ended_until_it_is_taken) {
  begin();
  const receiver target{2, {secret_of("default")}, 1};
  const auto done = submit_for("default", target.url());
  const json on_failure{{"url", target.url()}, {"events", {"failed"}}};
  const auto bad = submit({{"source", "/nowhere/to/be/found.mp4"}, {"callback", on_failure}});
  const auto heard = target.heard();
  BOOST_TEST(heard.find("job.succeeded " + done + " default 0\n") != std::string::npos, heard);
  BOOST_TEST(heard.find("job.failed " + bad + " default 0\n") != std::string::npos, heard);
}

BOOST_AUTO_TEST_CASE(has_a_secret_for_each_tenant_that_can_be_changed_while_it_runs) {
  std::filesystem::create_directories(served());
  const std::string of_before = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  std::ofstream{served() / "webhook.secret"} << of_before << "\n";
  begin();
  const auto a = secret_of("tenant-a");
  const auto b = secret_of("tenant-b");
  BOOST_TEST(a != b);
  {
    const receiver target{2, {a, b, of_before}};
    const auto of_a = submit_for("tenant-a", target.url());
    const auto of_b = submit_for("tenant-b", target.url());
    const auto heard = target.heard();
    BOOST_TEST(heard.find(of_a + " tenant-a 0,2\n") != std::string::npos, heard);
    BOOST_TEST(heard.find(of_b + " tenant-b 1,2\n") != std::string::npos, heard);
  }
  BOOST_TEST(webhook({"rotate"}).exit_code == 1); // two are valid
  BOOST_TEST(webhook({"retire"}).succeeded());
  BOOST_TEST(webhook({"retire"}).exit_code == 1);
  BOOST_TEST(webhook({"rotate"}).succeeded());
  const auto new_a = secret_of("tenant-a");
  BOOST_TEST(new_a != a);
  {
    const receiver target{1, {a, new_a, of_before}};
    const auto id = submit_for("tenant-a", target.url());
    BOOST_TEST(target.heard() == "job.succeeded " + id + " tenant-a 1,0\n");
  }
  BOOST_TEST(webhook({"retire"}).succeeded());
  {
    const receiver target{1, {a, new_a}};
    const auto id = submit_for("tenant-a", target.url());
    BOOST_TEST(target.heard() == "job.succeeded " + id + " tenant-a 1\n");
  }
  BOOST_TEST(secret_of("tenant-a") == new_a);
  BOOST_TEST(webhook({"secret", "Not A Tenant"}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(calls_others_back_in_time_while_a_target_hangs) {
  begin();
  const a_port hangs{a_port::does::hang};
  constexpr int behind_it = 40, others = 20;
  for (int i = 0; i < behind_it; ++i)
    submit_for("default", hangs.url());
  const receiver target{others, {secret_of("default")}};
  std::vector<std::string> told;
  told.reserve(others);
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < others; ++i)
    told.push_back(submit_for("default", target.url()));
  const auto heard = target.heard();
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 14s)); // the hanging one is given 15 s
  for (const auto& id : told)
    BOOST_TEST(heard.find("job.succeeded " + id + " default 0\n") != std::string::npos, heard);
  BOOST_TEST(until(60s, [&] { return measures("video_doc_webhooks_waiting 40"); }));
  BOOST_TEST(measures(R"(video_doc_webhook_attempts_total{result="delivered"} 20)"));
  // It is given 15 s to answer.
  const auto name = "webhook " + hangs.name();
  BOOST_TEST_REQUIRE(until(75s, [&] { return !breaker(name).empty(); }), log());
  BOOST_TEST(breaker(name)["waiting"] == behind_it);
  BOOST_TEST(breaker(name)["failures"].get<int>() >= 1);
}

BOOST_AUTO_TEST_CASE(shows_the_breaker_of_a_target_that_refuses) {
  begin();
  const a_port refuses{a_port::does::refuse};
  const auto name = "webhook " + refuses.name();
  BOOST_TEST(breaker(name).empty());
  for (int i = 0; i < 6; ++i)
    submit_for("default", refuses.url());
  BOOST_TEST_REQUIRE(until(60s, [&] { return breaker(name).value("state", "") == "open"; }), log());
  const auto seen = breaker(name);
  BOOST_TEST(seen["failures"] == 5);
  BOOST_TEST(seen["waiting"] == 6);
  BOOST_TEST(seen["next_try"].get<std::string>() > seen["since"].get<std::string>());
  BOOST_TEST(measures(R"(video_doc_breaker_state{breaker=")" + name + R"(",state="open"} 1)"));
  BOOST_TEST(failures() >= 5); // one more may have been under way when it opened
  const auto over_http =
      json::parse(web_client{http()}.get("/api/v1/cluster/breakers").body)["breakers"];
  const auto same = [&](const json& one) { // its times are told to a millisecond or so
    return one["name"] == name && one["state"] == "open" && one["failures"] == 5 &&
           one["waiting"] == 6 && one.contains("since") && one.contains("next_try");
  };
  BOOST_TEST(std::ranges::count_if(over_http, same) == 1, over_http.dump());
}

BOOST_AUTO_TEST_CASE(tries_a_target_at_once_when_an_operator_closes_its_breaker) {
  begin();
  const a_port refuses{a_port::does::refuse};
  const auto name = "webhook " + refuses.name();
  for (int i = 0; i < 6; ++i)
    submit_for("default", refuses.url());
  BOOST_TEST_REQUIRE(until(60s, [&] { return breaker(name).value("state", "") == "open"; }), log());
  const auto wrong = run_client({"cluster", "breakers", "reset", "webhook nobody:1"});
  BOOST_TEST(wrong.exit_code == 1, wrong.story());
  BOOST_TEST(run_client({"cluster", "breakers", "reset", "ledger"}).exit_code == 1);
  const auto before = failures();
  const auto done = run_client({"cluster", "breakers", "reset", name, "--cause", "it is back"});
  BOOST_TEST(done.succeeded(), done.story());
  // It would be left alone for 10 s.
  BOOST_TEST(until(8s, [&] { return failures() >= before + 5; }), log());
  json lines; // they are written beside it
  BOOST_REQUIRE(until(20s, [&] {
    web_client asker{http()};
    lines = json::parse(asker.get("/api/v1/audit?what=reset+breaker").body)["lines"];
    return !lines.empty();
  }));
  BOOST_REQUIRE(lines.size() == 1U);
  BOOST_TEST(lines[0]["subject"] == name);
  BOOST_TEST(lines[0]["detail"]["cause"] == "it is back");
}

BOOST_AUTO_TEST_CASE(says_in_the_history_that_a_callback_is_given_up) {
  begin();
  const receiver target{1, {}, 1, 410};
  const auto id = submit_for("default", target.url());
  web_client client{http()};
  json events;
  const auto told = until(60s, [&] {
    events = json::parse(client.get("/api/v1/jobs/" + id + "/history").body)["events"];
    return events.back()["kind"] == "warned";
  });
  BOOST_TEST_REQUIRE(told, events.dump());
  const auto host = target.url().substr(7, target.url().size() - 8);
  BOOST_TEST(events.back()["cause"] ==
             "the webhook to " + host + " is given up after 1 attempt: it answers 410");
  BOOST_TEST(state_of(id) == "succeeded");
  BOOST_TEST(measures("video_doc_webhooks_given_up_total 1"));
}

BOOST_AUTO_TEST_SUITE_END()
