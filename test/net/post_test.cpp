#include "net/http/fetch.hpp"
#include "test/net/name_service.hpp"
#include "test/net/web_server.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using namespace vdoc;
using test::answer_with;
using test::name_service;
using test::redirect_to;
using test::web_server;

namespace {

/// The words of the tests.
struct posting {
  net::fetch_limits limits;
  std::atomic<bool> cancelled{false};
  const net::letter letter{R"({"type":"job.failed"})", "application/json", {{"webhook-id", "one"}}};

  posting() { limits.allowed_networks = {"127.0.0.1"}; }

  unsigned post(const std::string& url) { return net::post(url, letter, limits, cancelled); }
  std::optional<net::fetch_error> error_of(const std::string& url) {
    try {
      post(url);
    } catch (const net::fetch_error& wrong) {
      return wrong;
    }
    return std::nullopt;
  }
};

std::string header_in(SoupServerMessage* message, const char* name) {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
  return value == nullptr ? "" : value;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_letter_to_a_strangers_url, posting)

BOOST_AUTO_TEST_CASE(arrives_as_it_was_written_and_comes_back_with_the_status) {
  std::string came;
  web_server target{[&](auto* message, const auto& path) {
    const auto* body = soup_server_message_get_request_body(message);
    came = std::string{soup_server_message_get_method(message)} + " " + path + " " +
           header_in(message, "Content-Type") + " " + header_in(message, "webhook-id") + " " +
           std::string{body->data, static_cast<std::size_t>(body->length)};
    soup_server_message_set_status(message, 503, nullptr);
  }};
  BOOST_TEST(post(target.url("/hook")) == 503U);
  BOOST_TEST(came == R"(POST /hook application/json one {"type":"job.failed"})");
}

BOOST_AUTO_TEST_CASE(never_reaches_a_private_address_unless_that_is_allowed) {
  limits.allowed_networks.clear();
  web_server inside{[](auto* message, const auto&) { answer_with(message, "secret"); }};
  for (const char* written : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1",
                              "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"}) {
    const auto wrong = error_of(inside.url("/a", written));
    BOOST_REQUIRE_MESSAGE(wrong, written);
    BOOST_TEST((wrong->whose() == net::at_fault::user), written << ": " << wrong->what());
  }
  const name_service names{{{"hooks.example", {{"10.1.2.3"}}}}};
  BOOST_TEST(error_of("http://hooks.example/a")->what() ==
             "http://hooks.example/a leads to the private address 10.1.2.3");
  BOOST_TEST(inside.requests() == 0);
  limits.allowed_networks = {"127.0.0.0/8"};
  BOOST_TEST(post(inside.url("/a")) == 200U);
  limits.allowed_networks.clear();
  limits.allow_private_addresses = true;
  BOOST_TEST(post(inside.url("/a")) == 200U);
}

BOOST_AUTO_TEST_CASE(does_not_follow_a_redirect_wherever_it_leads) {
  web_server inside{[](auto* message, const auto&) { answer_with(message, "secret"); },
                    "127.0.0.2"};
  web_server other{[](auto* message, const auto&) { answer_with(message, "allowed"); }};
  std::string leads_to;
  unsigned status = 302;
  web_server target{[&](auto* message, const auto&) {
    redirect_to(message, leads_to);
    soup_server_message_set_status(message, status, nullptr);
  }};
  for (const auto& where : {inside.url("/a", "127.0.0.2"), other.url("/a")})
    for (const unsigned redirect : {301U, 302U, 303U, 307U, 308U}) {
      leads_to = where;
      status = redirect;
      BOOST_TEST(post(target.url("/hook")) == redirect);
    }
  BOOST_TEST(inside.requests() == 0);
  BOOST_TEST(other.requests() == 0);
  BOOST_TEST(target.requests() == 10);
}

BOOST_AUTO_TEST_CASE(waits_for_a_target_that_hangs_no_longer_than_it_may) {
  const test::blunt_server silent{"", test::blunt_server::then::stays_silent};
  limits.answer_timeout = 300ms;
  const auto begun = std::chrono::steady_clock::now();
  const auto wrong = error_of(silent.url());
  const auto took = std::chrono::steady_clock::now() - begun;
  BOOST_REQUIRE(wrong.has_value());
  BOOST_TEST((wrong->whose() == net::at_fault::peer));
  BOOST_TEST(std::string{wrong->what()}.find("did not answer in time") != std::string::npos,
             wrong->what());
  BOOST_TEST((took >= 300ms));
  BOOST_TEST((took < 8s));
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_the_body_of_an_answer) {
  const test::blunt_server endless{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx",
                                   test::blunt_server::then::stays_silent};
  limits.answer_timeout = 10s;
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(post(endless.url()) == 200U);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 8s));
}

BOOST_AUTO_TEST_CASE(says_when_nobody_is_there_or_no_answer_comes) {
  std::string gone;
  {
    const web_server was{[](auto* message, const auto&) { answer_with(message, ""); }};
    gone = was.url("/a");
  }
  BOOST_TEST((error_of(gone)->whose() == net::at_fault::peer));
  const test::blunt_server hangs_up{"", test::blunt_server::then::closes};
  BOOST_TEST((error_of(hangs_up.url())->whose() == net::at_fault::peer));
  BOOST_TEST((error_of("file:///etc/passwd")->whose() == net::at_fault::user));
}

BOOST_AUTO_TEST_SUITE_END()
