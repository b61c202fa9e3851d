#include "net/http/client_address.hpp"
#include "net/http/connection_counts.hpp"
#include "net/http/wrong_tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <array>

namespace {

using namespace vdoc::net;

client_address at(const char* text) {
  std::array<std::uint8_t, sizeof(in6_addr)> bytes{};
  if (::inet_pton(AF_INET, text, bytes.data()) == 1)
    return client_address_from(std::span{bytes}.first<sizeof(in_addr)>());
  BOOST_TEST_REQUIRE(::inet_pton(AF_INET6, text, bytes.data()) == 1, text);
  return client_address_from(bytes);
}

bool is_same(const char* one, const char* other) {
  return at(one).network == at(other).network;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_address_of_a_client)

BOOST_AUTO_TEST_CASE(is_all_of_ipv4_and_of_ipv6_what_one_customer_has) {
  BOOST_TEST(is_same("10.1.2.3", "10.1.2.3"));
  BOOST_TEST(!is_same("10.1.2.3", "10.1.2.4"));
  BOOST_TEST(is_same("10.1.2.3", "::ffff:10.1.2.3"));
  BOOST_TEST(!is_same("::ffff:10.1.2.3", "::ffff:10.1.2.4"));
  BOOST_TEST(is_same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
  BOOST_TEST(!is_same("2001:db8:1:2::1", "2001:db8:1:3::1"));
}

BOOST_AUTO_TEST_CASE(is_this_machine_on_loopback_alone) {
  for (const auto* local : {"127.0.0.1", "127.255.0.7", "::1", "::ffff:127.0.0.1"})
    BOOST_TEST(at(local).is_local, local);
  for (const auto* other : {"128.0.0.1", "10.0.0.1", "::2", "1::1", "::ffff:10.0.0.1", "::"})
    BOOST_TEST(!at(other).is_local, other);
  BOOST_TEST(client_address_from({}).network.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(connections_of_clients)

BOOST_AUTO_TEST_CASE(are_an_eighth_of_all_for_each_address_but_this_machine) {
  connection_counts counts{20, 0};
  const auto one = at("10.0.0.1");
  for (int i = 0; i < 3; ++i) { // an eighth, rounded up
    BOOST_TEST(!counts.is_full_for(one));
    counts.add(one);
  }
  BOOST_TEST(counts.is_full_for(one));
  BOOST_TEST(!counts.is_full_for(at("10.0.0.2")));
  const auto own = at("127.0.0.1");
  for (int i = 0; i < 17; ++i) {
    BOOST_TEST(!counts.is_full_for(own));
    BOOST_TEST(!counts.is_full());
    counts.add(own);
  }
  BOOST_TEST(counts.is_full());
  BOOST_TEST(!counts.is_full_for(own));
  counts.remove(one);
  BOOST_TEST(!counts.is_full());
  BOOST_TEST(!counts.is_full_for(one));
  BOOST_TEST(counts.all() == 19U);
}

BOOST_AUTO_TEST_CASE(are_as_many_as_was_said_of_this_machine_too) {
  connection_counts counts{20, 2};
  const auto own = at("127.0.0.1");
  counts.add(own);
  BOOST_TEST(!counts.is_full_for(own));
  counts.add(own);
  BOOST_TEST(counts.is_full_for(own));
  BOOST_TEST(!counts.is_full_for(at("127.0.0.2")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wrong_tokens_of_an_address)

BOOST_AUTO_TEST_CASE(have_to_wait_for_the_next_minute_when_there_were_too_many) {
  wrong_tokens wrong;
  for (std::uint32_t i = 0; i < wrong_tokens::most_per_min; ++i)
    BOOST_TEST(wrong.count("a", 1'000 + i) == 0);
  BOOST_TEST(wrong.count("a", 2'000) == 59'000);
  BOOST_TEST(wrong.count("b", 2'000) == 0);
  BOOST_TEST(wrong.count("a", 60'999) == 1);
  for (std::uint32_t i = 0; i < wrong_tokens::most_per_min; ++i)
    BOOST_TEST(wrong.count("a", 61'000) == 0);
  BOOST_TEST(wrong.count("a", 61'000) == 60'000);
}

BOOST_AUTO_TEST_CASE(are_remembered_of_so_many_addresses_only) {
  wrong_tokens wrong;
  for (std::uint32_t i = 0; i < wrong_tokens::most_per_min; ++i)
    wrong.count("a", 70'000);
  for (int i = 0; i < 15'000; ++i) // a minute before: these are forgotten first
    wrong.count("old " + std::to_string(i), 5'000);
  for (int i = 0; i < 10'000; ++i)
    wrong.count("new " + std::to_string(i), 70'000);
  BOOST_TEST(wrong.count("a", 70'001) == 59'999);
}

BOOST_AUTO_TEST_SUITE_END()
