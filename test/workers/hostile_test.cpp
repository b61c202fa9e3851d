#include "test/support/raw_wire.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <random>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using steady = std::chrono::steady_clock;

/// A TLS connection with the certificate of a member.
class tls_wire {
public:
  tls_wire(std::uint16_t port, const std::filesystem::path& files)
      : below_{port}, context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
    SSL_CTX_use_certificate_file(context_.get(), (files / "node.pem").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), (files / "node.key").c_str(), SSL_FILETYPE_PEM);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), below_.fd());
    if (SSL_connect(session_.get()) != 1)
      throw std::runtime_error{"no TLS with a valid certificate"};
    ::fcntl(below_.fd(), F_SETFL, O_NONBLOCK);
  }
  void say(const std::string& bytes) const {
    SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  /// Until the other side ends it.
  [[nodiscard]] bool ends(std::chrono::milliseconds patience) const {
    return until(patience, [&] {
      std::array<char, 4'096> bytes{};
      const int read = SSL_read(session_.get(), bytes.data(), bytes.size());
      return read <= 0 && SSL_get_error(session_.get(), read) != SSL_ERROR_WANT_READ;
    });
  }

private:
  raw_wire below_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, SSL_free};
};

/// The first thing that a TLS client says.
std::string client_hello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free};
  const std::unique_ptr<SSL, decltype(&SSL_free)> session{SSL_new(context.get()), SSL_free};
  auto* said = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), said);
  SSL_connect(session.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(said, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

/// The header of a BASP frame.
std::string header(int kind, std::uint32_t length, int flags = 0) {
  std::string all(32, '\0');
  all[0] = static_cast<char>(kind);
  all[3] = static_cast<char>(flags);
  for (std::size_t i = 0; i < 4; ++i)
    all[4 + i] = static_cast<char>(length >> (24 - 8 * i));
  all[15] = 1; // operation_data
  return all;
}

/// A leader with a worker, which both serve their users throughout.
struct a_port_under_attack : a_cluster {
  pid_t leaders_pid = 0;
  std::mt19937 chance{20261126};

  a_port_under_attack() {
    allow_many_wires();
    start_leader();
    start_worker("a");
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
    leaders_pid = leader.pid();
  }
  /// A job goes the whole way, soon.
  void serves_its_users() {
    const auto begun = steady::now();
    const auto id = leader.submit({{"source", "/none"}, {"kind", "noop"}});
    BOOST_TEST(leader.wait_for(id, "succeeded", 60s), story());
    slowest = std::max(
        slowest, std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun));
  }
  /// And nobody had to be started anew or was lost.
  void is_as_before() {
    serves_its_users();
    BOOST_TEST(said("this node leads") == 1u, story());
    BOOST_TEST(said("media host is lost") == 0u, story());
    BOOST_TEST(said("is given up") == 0u, story());
    BOOST_TEST(::kill(leaders_pid, 0) == 0);
    start_worker("b"); // whoever has a right to come is let in
    BOOST_TEST(hears("media host takes work  host=b/host-1"), story());
    BOOST_TEST_MESSAGE("the slowest job meanwhile: " << slowest.count() << " ms");
  }
  [[nodiscard]] std::uint64_t resident_kib() const {
    std::ifstream status{"/proc/" + std::to_string(leaders_pid) + "/status"};
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM:"))
        return std::stoull(line.substr(6));
    return 0;
  }
  bool all_end(const std::vector<raw_wire>& wires, std::chrono::milliseconds patience) {
    return until(patience, [&] {
      return std::ranges::all_of(wires, [](const auto& one) { return one.is_ended(); });
    });
  }
  std::chrono::milliseconds slowest{0};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_port_of_a_cluster_under_attack, a_port_under_attack)

BOOST_AUTO_TEST_CASE(ends_connections_that_say_nonsense) {
  std::vector<raw_wire> wires;
  for (int i = 0; i < 300; ++i) {
    wires.emplace_back(port);
    wires.back().say(noise(chance, 2'000));
    if (i % 100 == 50)
      serves_its_users();
  }
  BOOST_TEST(all_end(wires, 60s));
  is_as_before();
}

BOOST_AUTO_TEST_CASE(ends_handshakes_that_stop_in_the_middle) {
  const auto hello = client_hello();
  BOOST_TEST_REQUIRE(hello.size() > 100u);
  std::vector<raw_wire> wires;
  for (std::size_t size = 1; size <= hello.size(); size += 1 + hello.size() / 100) {
    wires.emplace_back(port);
    wires.back().say(hello.substr(0, size));
    { raw_wire{port}.say(hello.substr(0, size)); } // and is gone
  }
  serves_its_users();
  BOOST_TEST(all_end(wires, 60s));
  is_as_before();
}

BOOST_AUTO_TEST_CASE(ends_those_of_a_valid_certificate_that_would_crash_or_fill_it) {
  const auto files = issue("b");
  const auto introduction = header(1, 40) + std::string(40, 'A');
  std::vector<std::string> hostile{header(1, 0),          // an introduction that is none
                                   header(0, 0),          // of a server
                                   header(1, 0xFFFFFFFF), // longer than there is memory
                                   header(2, 0xFFFFFFFF),
                                   header(2, 0x7FFFFFFF, 1),
                                   header(3, 100) + std::string(100, 'B'),
                                   header(6, 0xFFFFFFFF),
                                   header(200, 5),
                                   std::string(32, '\xff'),
                                   introduction + header(2, 0xFFFFFFFF)};
  for (int i = 0; i < 30; ++i)
    hostile.push_back(noise(chance, 500));
  for (const auto& one : hostile) {
    const tls_wire it{port, files};
    it.say(one);
    BOOST_TEST(it.ends(60s), "after " << one.size() << " bytes");
    serves_its_users();
  }
  BOOST_TEST(resident_kib() < 500'000u);
  is_as_before();
}

BOOST_AUTO_TEST_CASE(serves_its_users_beside_a_thousand_that_say_nothing) {
  std::vector<raw_wire> wires;
  const auto hello = client_hello();
  for (int i = 0; i < 1'000; ++i) {
    wires.emplace_back(port);
    if (i % 2 == 1)
      wires.back().say(hello.substr(0, hello.size() / 2));
    if (i % 200 == 100)
      serves_its_users();
  }
  serves_its_users();
  const auto begun = steady::now();
  BOOST_TEST(all_end(wires, 90s));
  BOOST_TEST_MESSAGE(
      "1000 half-open connections have an end after "
      << std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun).count()
      << " ms");
  const tls_wire silent{port, issue("b")}; // a member that never says what it wants
  BOOST_TEST(silent.ends(60s));
  is_as_before();
}

BOOST_AUTO_TEST_SUITE_END()
