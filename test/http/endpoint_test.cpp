#include "net/http/endpoint.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::net;

BOOST_AUTO_TEST_SUITE(an_http_endpoint)

BOOST_AUTO_TEST_CASE(is_an_address_and_a_port) {
  BOOST_TEST(endpoint_from("127.0.0.1:8080").value().text() == "127.0.0.1:8080");
  BOOST_TEST(endpoint_from("[::1]:0").value().text() == "[::1]:0");
  BOOST_TEST(endpoint_from("localhost:80").value().text() == "127.0.0.1:80");
  for (const auto* wrong : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                            "example.org:80", "[::1:80", "::1", "127.0.0.1:80x", "[::1]80"})
    BOOST_TEST(!endpoint_from(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(is_local_on_loopback_alone) {
  BOOST_TEST(endpoint_from("127.0.0.1:1")->is_local());
  BOOST_TEST(endpoint_from("[::1]:1")->is_local());
  BOOST_TEST(!endpoint_from("0.0.0.0:1")->is_local());
  BOOST_TEST(!endpoint_from("[::]:1")->is_local());
  BOOST_TEST(!endpoint_from("10.1.2.3:1")->is_local());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_request_of_a_browser)

BOOST_AUTO_TEST_CASE(is_our_own_pages_or_another_sites) {
  BOOST_TEST(!is_of_another_site({"127.0.0.1:8080", "", ""}));
  BOOST_TEST(!is_of_another_site({"127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"}));
  BOOST_TEST(is_of_another_site({"127.0.0.1:8080", "http://evil.example", ""}));
  BOOST_TEST(is_of_another_site({"127.0.0.1:8080", "http://127.0.0.1:9090", ""}));
  BOOST_TEST(is_of_another_site({"127.0.0.1:8080", "null", ""}));
  BOOST_TEST(is_of_another_site({"127.0.0.1:8080", "", "cross-site"}));
  BOOST_TEST(is_of_another_site({"localhost:8080", "", "same-site"}));
}

BOOST_AUTO_TEST_CASE(names_this_machine_or_an_address) {
  for (const auto* plain : {"127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080",
                            "console.localhost:80", "10.0.0.1"})
    BOOST_TEST(is_host_plain(plain), plain);
  for (const auto* other : {"evil.example", "evil.example:8080", "", "localhost.evil.example"})
    BOOST_TEST(!is_host_plain(other), other);
}

BOOST_AUTO_TEST_SUITE_END()
