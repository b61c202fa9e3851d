#include "net/webhook/webhook_keys.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace vdoc;

BOOST_AUTO_TEST_SUITE(a_webhook)

/// The figures of the specification's own example (standard-webhooks, libraries/test): this secret,
/// id, time and body have this signature.
BOOST_AUTO_TEST_CASE(is_signed_as_the_specification_says) {
  const auto secret = net::webhook_secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  BOOST_REQUIRE(secret.has_value());
  const auto headers = net::webhook_headers({*secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                            R"({"test": 2432232314})");
  BOOST_REQUIRE(headers.size() == 3U);
  BOOST_TEST(headers[0].first == "webhook-id");
  BOOST_TEST(headers[1].second == "1614265330");
  BOOST_TEST(headers[2].first == "webhook-signature");
  BOOST_TEST(headers[2].second == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

BOOST_AUTO_TEST_CASE(has_a_secret_of_enough_bytes) {
  BOOST_TEST(!net::webhook_secret::read("whsec_c2hvcnQ=").has_value());
  BOOST_TEST(!net::webhook_secret::read("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").has_value());
  BOOST_TEST(!net::webhook_secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!").has_value());
  const auto made = net::webhook_secret::make();
  BOOST_TEST(net::webhook_secret::read(made.written()).value().bytes() == made.bytes());
  BOOST_TEST(net::webhook_secret::make().bytes() != made.bytes());
}

/// The figures are of Python's hmac: hmac.new(key, b"webhook:acme", "sha256").
BOOST_AUTO_TEST_CASE(has_a_secret_of_each_tenant) {
  const auto key = net::webhook_secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  const auto acme = key.of_tenant("acme");
  const auto usual = key.of_tenant("default");
  BOOST_TEST(acme.written() == "whsec_ES8yE9vJECzAiCNrGJmAHoMM7oAgd/TNR4vyKiPdkNk=");
  BOOST_TEST(usual.written() == "whsec_x98lgawbQ8vjxBZ1ZmH/VUW1bhygd1byyy2iKrMyp8I=");
  const auto headers = net::webhook_headers({acme, usual, key}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                            1614265330, R"({"test": 2432232314})");
  BOOST_TEST(headers[2].second == "v1,aR7h05X5769e4fuEyJqPDmCTBLHje+4SHgVU41BEOAU= "
                                  "v1,GYkfRAsUcXJ8WeK4Qq1cCUM2/YCC13xHVmQLBm6h1KY= "
                                  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// In a folder of their own.
struct keys_of_a_service {
  test::temp_folder folder;
  std::filesystem::path file = folder / "webhook.keys";
  std::filesystem::path shared = folder / "webhook.secret";
  net::webhook_keys keys{file, shared};

  /// "a b" of tenant "acme".
  static std::string written(net::webhook_keys& by) {
    std::string all;
    for (const auto& one : by.secrets_of("acme"))
      all += (all.empty() ? "" : " ") + one.written();
    return all;
  }
  std::string now() { return written(keys); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys_of_webhooks, keys_of_a_service)

BOOST_AUTO_TEST_CASE(are_in_a_file_for_its_owner_alone) {
  net::webhook_keys again{file, shared};
  BOOST_TEST(written(again) == now());
  using std::filesystem::perms;
  BOOST_TEST(
      (std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write)));
  BOOST_TEST(now().find(' ') == std::string::npos);
  std::ofstream{file} << "nonsense\n";
  BOOST_CHECK_THROW((net::webhook_keys{file, shared}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(are_rotated_under_whoever_uses_them) {
  const auto first = now();
  BOOST_TEST(!keys.rotating());
  net::webhook_keys elsewhere{file, shared};
  elsewhere.rotate();
  const auto both = now();
  BOOST_TEST(keys.rotating());
  BOOST_TEST(both.ends_with(" " + first));
  BOOST_TEST(both.size() == 2 * first.size() + 1);
  BOOST_CHECK_THROW(elsewhere.rotate(), std::runtime_error);
  BOOST_TEST(now() == both);
  elsewhere.retire();
  BOOST_TEST(now() + " " + first == both);
  BOOST_TEST(!keys.rotating());
}

BOOST_AUTO_TEST_CASE(leave_the_secret_of_an_earlier_version_valid_until_it_is_retired) {
  const auto own = now();
  const std::string before = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  std::ofstream{shared} << before << "\n";
  BOOST_TEST(now() == own + " " + before);
  BOOST_CHECK_THROW(keys.rotate(), std::runtime_error);
  keys.retire();
  BOOST_TEST(now() == own);
  BOOST_TEST(!std::filesystem::exists(shared));
}

BOOST_AUTO_TEST_CASE(that_cannot_be_read_leave_those_of_before_valid) {
  const auto own = now();
  for (const char* content : {"", "nonsense\n", "whsec_c2hvcnQ=\n"}) {
    std::ofstream{file} << content;
    BOOST_TEST(now() == own);
  }
  std::filesystem::remove(file);
  BOOST_TEST(now() == own);
  std::ofstream{file} << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n\n";
  BOOST_TEST(now() == "whsec_ES8yE9vJECzAiCNrGJmAHoMM7oAgd/TNR4vyKiPdkNk=");
}

BOOST_AUTO_TEST_SUITE_END()
