#include "net/http/fetch.hpp"
#include "test/net/certificates.hpp"
#include "test/net/fetching.hpp"
#include "test/net/name_service.hpp"
#include "test/net/web_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using test::answer_with;
using test::name_service;
using test::redirect_to;
using test::web_server;

BOOST_FIXTURE_TEST_SUITE(a_fetch_of_a_strangers_url, test::fetching)

BOOST_AUTO_TEST_CASE(never_reaches_a_private_address_however_it_is_written) {
  limits.allowed_networks.clear();
  web_server host{[](auto* message, const auto&) { answer_with(message, "secret"); }};
  for (const char* written : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1",
                              "0177.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"}) {
    const auto wrong = error_of(host.url("/a", written));
    BOOST_REQUIRE_MESSAGE(wrong, written);
    BOOST_TEST((wrong->whose() == net::at_fault::user), written << ": " << wrong->what());
  }
  BOOST_TEST(host.requests() == 0);
  limits.allow_private_addresses = true;
  BOOST_TEST(fetch(host.url("/a", "127.0.0.1")).bytes == 6);
}

BOOST_AUTO_TEST_CASE(names_the_address_it_did_not_like) {
  limits.allowed_networks.clear();
  const name_service names{{{"inside.example", {{"10.1.2.3"}}}}};
  BOOST_TEST(error_of("http://inside.example/a")->what() ==
             "http://inside.example/a leads to the private address 10.1.2.3");
}

BOOST_AUTO_TEST_CASE(judges_the_target_of_a_redirect_as_well) {
  web_server inside{[](auto* message, const auto&) { answer_with(message, "secret"); },
                    "127.0.0.2"};
  web_server outside{
      [&](auto* message, const auto&) { redirect_to(message, inside.url("/a", "127.0.0.2")); }};
  BOOST_TEST(error_of(outside.url("/a"))->what() ==
             inside.url("/a", "127.0.0.2") + " leads to the private address 127.0.0.2");
  BOOST_TEST(outside.requests() == 1);
  BOOST_TEST(inside.requests() == 0);
}

BOOST_AUTO_TEST_CASE(does_not_follow_a_redirect_to_another_scheme) {
  std::string target = "file:///etc/passwd";
  web_server host{[&](auto* message, const auto&) { redirect_to(message, target); }};
  BOOST_TEST(error_of(host.url("/a"))->what() ==
             "file:///etc/passwd leads to file:, which is not allowed");
  target = "https://media.example/a";
  limits.schemes = {"http"};
  BOOST_TEST(error_of(host.url("/a"))->what() ==
             "https://media.example/a leads to https:, which is not allowed");
  target = "http:///a";
  BOOST_TEST(error_of(host.url("/a")).has_value());
}

BOOST_AUTO_TEST_CASE(connects_only_to_the_allowed_addresses_of_a_name) {
  web_server inside{[](auto* message, const auto&) { answer_with(message, "secret"); },
                    "127.0.0.2"};
  limits.allowed_networks = {"127.0.0.1/32"};
  const name_service names{{{"both.example", {{"127.0.0.2", "127.0.0.1"}}}}};
  BOOST_TEST(error_of(inside.url("/a", "both.example")).has_value());
  BOOST_TEST(inside.requests() == 0);
  limits.allowed_networks = {"127.0.0.0/30"};
  BOOST_TEST(fetch(inside.url("/a", "both.example")).bytes == 6);
}

BOOST_AUTO_TEST_CASE(is_not_fooled_by_a_name_that_changes_its_mind) {
  web_server host{[](auto* message, const auto&) { answer_with(message, "x"); }};
  web_server inside{[](auto* message, const auto&) { answer_with(message, "secret"); },
                    "127.0.0.2"};
  const name_service names{{{"fickle.example", {{"127.0.0.1"}, {"127.0.0.2"}}}}};
  BOOST_TEST(fetch(host.url("/a", "fickle.example")).bytes == 1);
  std::filesystem::remove(folder / "source");
  BOOST_TEST(error_of(inside.url("/a", "fickle.example"))->what() ==
             inside.url("/a", "fickle.example") + " leads to the private address 127.0.0.2");
  BOOST_TEST(inside.requests() == 0);
}

BOOST_AUTO_TEST_CASE(does_not_use_the_proxy_of_the_environment) {
  web_server proxy{[](auto* message, const auto&) { answer_with(message, "by proxy"); }};
  web_server host{[](auto* message, const auto&) { answer_with(message, "direct"); }};
  g_setenv("http_proxy", proxy.url("").c_str(), TRUE);
  fetch(host.url("/a"));
  g_unsetenv("http_proxy");
  BOOST_TEST(spooled() == "direct");
  BOOST_TEST(proxy.requests() == 0);
}

BOOST_AUTO_TEST_CASE(keeps_secrets_out_of_its_messages) {
  web_server host{[](auto* message, const auto&) {
    soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, nullptr);
  }};
  const std::string port = std::to_string(host.port());
  const auto wrong = error_of("http://me:pass@127.0.0.1:" + port + "/a?token=1#x");
  BOOST_TEST(wrong->what() == host.url("/a") + " answers 404 Not Found");
}

BOOST_AUTO_TEST_CASE(is_refused_when_the_url_is_none) {
  for (const char* url : {"http://", "http:///a", "https://[::", "nonsense", ""})
    BOOST_TEST((error_of(url)->whose() == net::at_fault::user), url);
}

BOOST_AUTO_TEST_CASE(trusts_a_certificate_only_for_its_own_name) {
  const auto made = test::make_certificate("media.example");
  const auto key = made.for_server();
  web_server host{[](auto* message, const auto&) { answer_with(message, "safe"); }, "127.0.0.1",
                  key.get()};
  const name_service names{
      {{"media.example", {{"127.0.0.1"}}}, {"other.example", {{"127.0.0.1"}}}}};
  BOOST_TEST((error_of(host.url("/a", "media.example"))->whose() == net::at_fault::peer));
  const test::temp_folder apart;
  const auto authorities = apart / "authorities.pem";
  std::ofstream{authorities} << made.certificate_pem;
  limits.authorities = authorities;
  BOOST_TEST(fetch(host.url("/a", "media.example")).bytes == 4);
  std::filesystem::remove(folder / "source");
  const auto wrong = error_of(host.url("/a", "other.example"));
  BOOST_TEST(std::string{wrong->what()}.find("has no valid certificate") != std::string::npos,
             wrong->what());
}

BOOST_AUTO_TEST_SUITE_END()
