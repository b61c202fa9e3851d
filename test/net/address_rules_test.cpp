#include "net/http/address_rules.hpp"

#include <boost/test/unit_test.hpp>
#include <gio/gio.h>

#include <memory>
#include <string>

using vdoc::net::is_public_address;

namespace {

bool open_to_all(const char* text) {
  const std::unique_ptr<GInetAddress, void (*)(void*)> address{g_inet_address_new_from_string(text),
                                                               g_object_unref};
  BOOST_REQUIRE(address);
  return is_public_address(
      {g_inet_address_to_bytes(address.get()), g_inet_address_get_native_size(address.get())});
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_address)

BOOST_AUTO_TEST_CASE(is_public_on_the_internet) {
  for (const char* text :
       {"8.8.8.8", "1.0.0.0", "93.184.216.34", "223.255.255.255", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "169.253.255.255", "192.0.1.0", "198.17.255.255",
        "198.20.0.0", "2606:2800:220:1::1", "2a00:1450:4001::1", "2001:200::1", "64:ff9b::808:808"})
    BOOST_TEST(open_to_all(text), text);
}

BOOST_AUTO_TEST_CASE(is_not_public_at_home_or_nowhere) {
  for (const char* text :
       {"0.0.0.0",         "0.255.255.255",  "10.0.0.1",        "10.255.255.255",  "100.64.0.1",
        "100.127.255.255", "127.0.0.1",      "127.255.255.255", "169.254.169.254", "172.16.0.1",
        "172.31.255.255",  "192.0.0.8",      "192.0.2.1",       "192.88.99.1",     "192.168.1.1",
        "198.18.0.1",      "198.19.255.255", "198.51.100.1",    "203.0.113.1",     "224.0.0.1",
        "239.255.255.255", "240.0.0.1",      "255.255.255.255"})
    BOOST_TEST(!open_to_all(text), text);
}

BOOST_AUTO_TEST_CASE(of_the_new_kind_is_not_public_either) {
  for (const char* text : {"::", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "fec0::1",
                           "ff02::1", "2001:db8::1", "2001::1", "2001:1ff::1", "2002:808:808::1",
                           "3fff::1", "100::1", "4000::1", "5f00::1"})
    BOOST_TEST(!open_to_all(text), text);
}

BOOST_AUTO_TEST_CASE(that_hides_an_old_one_is_judged_as_that) {
  BOOST_TEST(open_to_all("::ffff:8.8.8.8"));
  for (const char* text :
       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "64:ff9b:1::808:808", "::127.0.0.1"})
    BOOST_TEST(!open_to_all(text), text);
}

BOOST_AUTO_TEST_CASE(of_an_unknown_length_is_not_public) {
  const std::uint8_t bytes[5] = {8, 8, 8, 8, 8};
  BOOST_TEST(!is_public_address(bytes));
  BOOST_TEST(!is_public_address({}));
}

BOOST_AUTO_TEST_SUITE_END()
