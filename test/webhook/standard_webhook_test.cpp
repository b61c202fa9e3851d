#include "net/webhook/standard_webhook.hpp"
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
  const auto headers = net::webhook_headers(*secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
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

BOOST_AUTO_TEST_CASE(keeps_its_secret_in_a_file_for_its_owner_alone) {
  const test::temp_folder folder;
  const auto file = folder / "webhook.secret";
  const auto first = net::webhook_secret_in(file);
  BOOST_TEST(net::webhook_secret_in(file).bytes() == first.bytes());
  using std::filesystem::perms;
  BOOST_TEST(
      (std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write)));
  std::ofstream{file} << "nonsense\n";
  BOOST_CHECK_THROW(net::webhook_secret_in(file), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
