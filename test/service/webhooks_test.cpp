#include "test/service/a_service.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// A target that shares no code with the service, and knows these secrets.
class receiver {
public:
  receiver(int refusals, int letters, const std::vector<std::string>& secrets)
      : running_{words(refusals, letters, secrets)} {
    until(20s, [&] { return running_.out_so_far().find('\n') != std::string::npos; });
  }
  [[nodiscard]] std::string url() const {
    const auto said = running_.out_so_far();
    return "http://127.0.0.1:" + said.substr(0, said.find('\n')) + "/";
  }
  /// What it has verified, a line each, once that is all.
  [[nodiscard]] std::string heard() const {
    until(40s, [&] { return running_.ended(); });
    const auto said = running_.out_so_far();
    return said.substr(said.find('\n') + 1);
  }

private:
  static command words(int refusals, int letters, const std::vector<std::string>& secrets) {
    std::vector<std::string> all{"/usr/bin/python3",
                                 VDOC_SOURCE_FOLDER "/test/service/webhook_receiver.py",
                                 std::to_string(refusals), std::to_string(letters)};
    all.insert(all.end(), secrets.begin(), secrets.end());
    return {all, {}, {}};
  }

  running_command running_;
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
    return run(program(std::move(words)), 20s);
  }
  [[nodiscard]] std::string secret_of(const std::string& tenant) const {
    const auto printed = webhook({"secret", tenant});
    BOOST_TEST_REQUIRE(printed.succeeded(), printed.story());
    return printed.out.substr(0, printed.out.find('\n'));
  }
  /// A job of the tenant that does nothing; the receiver is told of its end.
  std::string submit_for(const std::string& tenant, const receiver& to) {
    return submit(
        {{"source", "/none"}, {"kind", "noop"}, {"tenant", tenant}, {"callback", to.url()}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_calls_back, a_service_with_webhooks)

BOOST_AUTO_TEST_CASE(tells_how_a_job_ended_until_it_is_taken) {
  begin();
  const receiver target{1, 2, {secret_of("default")}};
  const auto done = submit_for("default", target);
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
    const receiver target{0, 2, {a, b, of_before}};
    const auto of_a = submit_for("tenant-a", target);
    const auto of_b = submit_for("tenant-b", target);
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
    const receiver target{0, 1, {a, new_a, of_before}};
    const auto id = submit_for("tenant-a", target);
    BOOST_TEST(target.heard() == "job.succeeded " + id + " tenant-a 1,0\n");
  }
  BOOST_TEST(webhook({"retire"}).succeeded());
  {
    const receiver target{0, 1, {a, new_a}};
    const auto id = submit_for("tenant-a", target);
    BOOST_TEST(target.heard() == "job.succeeded " + id + " tenant-a 1\n");
  }
  BOOST_TEST(secret_of("tenant-a") == new_a);
  BOOST_TEST(webhook({"secret", "Not A Tenant"}).exit_code == 1);
}

BOOST_AUTO_TEST_SUITE_END()
