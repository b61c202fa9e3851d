#include "net/zmq/client.hpp"
#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/support/raw_wire.hpp"
#include "test/support/zmtp_words.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::test::zmtp;
using test::noise;
using test::raw_wire;

std::uint16_t port_in(const std::string& endpoint) {
  return static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
}

struct a_besieged_door {
  std::mt19937 chance{20'261'126};
  test::plain_desk desk;
  net::zmq_gateway door{desk, {"tcp://127.0.0.1:*", false}};
  net::zmq_client user{door.address()};
  std::uint16_t port = port_in(door.address());

  void is_served(const std::string& during) {
    BOOST_TEST(user.ask("PING", "", 60s).has_value(), "no answer during " << during);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_door_under_attack, a_besieged_door)

BOOST_AUTO_TEST_CASE(serves_its_users_through_random_bytes) {
  for (int i = 0; i < 300; ++i) {
    const raw_wire stranger{port};
    stranger.say(noise(chance, 4'000));
    if (i % 50 == 0)
      is_served("noise");
  }
  is_served("the end of noise");
}

BOOST_AUTO_TEST_CASE(serves_its_users_through_greetings_that_break_off) {
  const auto whole = greeting("NULL") + ready_command();
  for (std::size_t length = 0; length <= whole.size(); ++length)
    raw_wire{port}.say(whole.substr(0, length));
  is_served("half greetings");
  for (const char* mechanism : {"PLAIN", "CURVE", "GSSAPI", "NONSENSE"})
    raw_wire{port}.say(greeting(mechanism) + noise(chance, 200));
  is_served("other mechanisms");
}

BOOST_AUTO_TEST_CASE(does_not_make_room_for_frames_that_are_too_long) {
  for (const auto size : {5ULL << 20, 1ULL << 31, 1ULL << 40, 1ULL << 62, ~0ULL}) {
    raw_wire{port}.say(greeting("NULL") + ready_command() + huge_frame(size));
    is_served("huge frames");
  }
}

BOOST_AUTO_TEST_CASE(serves_its_users_through_messages_of_a_thousand_parts) {
  std::vector<raw_wire> open;
  for (int i = 0; i < 50; ++i) {
    open.emplace_back(port);
    std::string bytes = greeting("NULL") + ready_command();
    for (int part = 0; part < 1'000; ++part)
      bytes += frame('\x01', noise(chance, 60)); // more follow, and never do
    open.back().say(bytes);
  }
  is_served("endless messages");
}

BOOST_AUTO_TEST_CASE(serves_its_users_beside_connections_that_say_nothing) {
  std::vector<raw_wire> open;
  for (int i = 0; i < 400; ++i) {
    open.emplace_back(port);
    if (i % 2 == 0)
      open.back().say(greeting("NULL").substr(0, 11));
    if (i % 100 == 0)
      is_served("half open connections");
  }
  net::zmq_client late{door.address()};
  BOOST_TEST(late.ask("PING", "", 60s).has_value());
}

BOOST_AUTO_TEST_CASE(serves_its_users_all_the_same_when_it_asks_for_keys) {
  const net::service_keys keys{net::new_key_pair(), net::new_key_pair()};
  const auto ring = std::make_shared<desk::key_ring>();
  ring->fill({});
  const auto keeper = std::make_shared<net::doorkeeper>(
      net::doorkeeper::means{keys, ring, std::make_shared<resources::measures>(),
                             std::chrono::steady_clock::now, [](const std::string&) {}});
  const net::zmq_gateway locked{desk, {"tcp://127.0.0.1:*", false, keeper}};
  net::zmq_client admin{locked.address(), net::key_file{keys.admin, keys.service.public_key}};
  for (int i = 0; i < 200; ++i) {
    const raw_wire stranger{port_in(locked.address())};
    stranger.say(greeting("CURVE") + frame('\x04', "\x05HELLO" + noise(chance, 190)));
    if (i % 40 == 0)
      BOOST_TEST(admin.ask("PING", "", 60s).has_value());
  }
  BOOST_TEST(admin.ask("PING", "", 60s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
