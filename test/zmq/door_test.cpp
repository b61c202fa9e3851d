#include "net/zmq/client.hpp"
#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/gateway.hpp"
#include "test/zmq/plain_desk.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

/// A connection that speaks no ZeroMQ.
class raw_connection {
public:
  explicit raw_connection(const std::string& endpoint) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): so is the C interface
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error{"no connection"};
  }
  raw_connection(raw_connection&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;
  ~raw_connection() {
    if (socket_ >= 0)
      ::close(socket_);
  }
  void send(const std::string& bytes) const {
    (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

/// RFC 23/ZMTP 3.0.
std::string greeting(const std::string& mechanism) {
  std::string bytes = "\xff";
  bytes += std::string(8, '\0') + "\x7f\x03";
  bytes += '\0';
  bytes += mechanism + std::string(20 - mechanism.size(), '\0');
  return bytes + std::string(32, '\0');
}
std::string ready_command() {
  const std::string body =
      std::string{"\x05READY\x0bSocket-Type"} + std::string("\0\0\0\x06", 4) + "DEALER";
  return std::string{"\x04"} + static_cast<char>(body.size()) + body;
}
std::string frame(char flags, const std::string& body) {
  return std::string{flags} + static_cast<char>(body.size()) + body;
}
/// A frame that says it is as long as that, and is not.
std::string huge_frame(std::uint64_t size) {
  std::string bytes{"\x02"};
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>((size >> shift) & 0xff);
  return bytes + std::string(1'000, 'x');
}

struct a_besieged_door {
  std::mt19937 chance{20'261'126};
  test::plain_desk desk;
  net::zmq_gateway door{desk, {"tcp://127.0.0.1:*", false}};
  net::zmq_client user{door.address()};
  std::string address = door.address();

  std::string noise(std::size_t most) {
    std::string bytes(chance() % most + 1, '\0');
    for (auto& each : bytes)
      each = static_cast<char>(chance());
    return bytes;
  }
  void is_served(const std::string& during) {
    BOOST_TEST(user.ask("PING", "", 5s).has_value(), "no answer during " << during);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_door_under_attack, a_besieged_door)

BOOST_AUTO_TEST_CASE(serves_its_users_through_random_bytes) {
  for (int i = 0; i < 300; ++i) {
    const raw_connection stranger{address};
    stranger.send(noise(4'000));
    if (i % 50 == 0)
      is_served("noise");
  }
  is_served("the end of noise");
}

BOOST_AUTO_TEST_CASE(serves_its_users_through_greetings_that_break_off) {
  const auto whole = greeting("NULL") + ready_command();
  for (std::size_t length = 0; length <= whole.size(); ++length)
    raw_connection{address}.send(whole.substr(0, length));
  is_served("half greetings");
  for (const char* mechanism : {"PLAIN", "CURVE", "GSSAPI", "NONSENSE"})
    raw_connection{address}.send(greeting(mechanism) + noise(200));
  is_served("other mechanisms");
}

BOOST_AUTO_TEST_CASE(does_not_make_room_for_frames_that_are_too_long) {
  for (const auto size : {5ULL << 20, 1ULL << 31, 1ULL << 40, 1ULL << 62, ~0ULL}) {
    raw_connection{address}.send(greeting("NULL") + ready_command() + huge_frame(size));
    is_served("huge frames");
  }
}

BOOST_AUTO_TEST_CASE(serves_its_users_through_messages_of_a_thousand_parts) {
  std::vector<raw_connection> open;
  for (int i = 0; i < 50; ++i) {
    open.emplace_back(address);
    std::string bytes = greeting("NULL") + ready_command();
    for (int part = 0; part < 1'000; ++part)
      bytes += frame('\x01', noise(60)); // more follow, and never do
    open.back().send(bytes);
  }
  is_served("endless messages");
}

BOOST_AUTO_TEST_CASE(serves_its_users_beside_connections_that_say_nothing) {
  std::vector<raw_connection> open;
  for (int i = 0; i < 400; ++i) {
    open.emplace_back(address);
    if (i % 2 == 0)
      open.back().send(greeting("NULL").substr(0, 11));
    if (i % 100 == 0)
      is_served("half open connections");
  }
  net::zmq_client late{address};
  BOOST_TEST(late.ask("PING", "", 5s).has_value());
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
    const raw_connection stranger{locked.address()};
    stranger.send(greeting("CURVE") + frame('\x04', "\x05HELLO" + noise(190)));
    if (i % 40 == 0)
      BOOST_TEST(admin.ask("PING", "", 5s).has_value());
  }
  BOOST_TEST(admin.ask("PING", "", 5s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
