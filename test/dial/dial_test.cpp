#include "cluster/membership/dial_pause.hpp"
#include "net/dial/reach.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace vdoc::net;
using namespace std::chrono_literals;

/// Listens on loopback. A `full` one accepts nobody any more, as one behind a cut does not.
struct a_listener {
  explicit a_listener(bool full = false) : fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0);
    BOOST_REQUIRE(::listen(fd, 0) == 0);
    BOOST_REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    place = {"127.0.0.1", ntohs(at.sin_port)};
    for (auto& each : waiting)
      if (full) {
        each = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        const int begun = ::connect(each, reinterpret_cast<sockaddr*>(&at), size);
        BOOST_REQUIRE((begun == 0 || errno == EINPROGRESS));
      }
  }
  a_listener(const a_listener&) = delete;
  a_listener& operator=(const a_listener&) = delete;
  ~a_listener() {
    close();
    for (const int each : waiting)
      if (each >= 0)
        ::close(each);
  }
  void close() {
    if (fd >= 0)
      ::close(std::exchange(fd, -1));
  }

  int fd;
  std::array<int, 4> waiting{-1, -1, -1, -1};
  dial_place place;
};

std::string text_of(const std::vector<dial_place>& all) {
  std::string text;
  for (const auto& each : all)
    text += each.text() + " ";
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(places_to_dial)

BOOST_AUTO_TEST_CASE(are_read_and_written) {
  BOOST_TEST(dial_place_from("node-a:7400")->text() == "node-a:7400");
  BOOST_TEST(dial_place_from("10.0.0.5:65535")->text() == "10.0.0.5:65535");
  BOOST_TEST(dial_place_from("[::1]:1")->text() == "[::1]:1");
  BOOST_TEST(dial_place_from("[::1]:1")->host == "::1");
  for (const auto* wrong : {"", "node-a", ":7400", "node-a:", "node-a:65536", "node-a:-1", "::1:7",
                            "node-a:7x", "[]:7"})
    BOOST_TEST(!dial_place_from(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(that_do_not_answer_do_not_delay_others) {
  const a_listener mute{true};
  const a_listener good;
  a_listener gone;
  gone.close();
  const auto begin = std::chrono::steady_clock::now();
  const auto found = reachable({mute.place, gone.place, good.place}, 10s);
  BOOST_TEST(text_of(found) == good.place.text() + " ");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 1s));
}

BOOST_AUTO_TEST_CASE(are_given_up_at_the_limit) {
  const a_listener mute{true};
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(text_of(reachable({mute.place}, 200ms)) == "");
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((took >= 200ms));
  BOOST_TEST((took < 1s));
}

BOOST_AUTO_TEST_CASE(are_all_found_that_answer) {
  const a_listener one, two;
  BOOST_TEST(reachable({one.place, two.place, {"no address", 1}}, 2s).size() == 2u);
}

BOOST_AUTO_TEST_CASE(have_the_addresses_of_their_names) {
  address_book book;
  const auto found = book.addresses_of(
      {{"localhost", 7}, {"127.0.0.1", 7}, {"127.0.0.1", 8}, {"nowhere.invalid", 7}}, 5s);
  BOOST_TEST(text_of(found).find("127.0.0.1:7 ") != std::string::npos);
  BOOST_TEST(std::count(found.begin(), found.end(), dial_place{"127.0.0.1", 7}) == 1);
  BOOST_TEST(std::count(found.begin(), found.end(), dial_place{"127.0.0.1", 8}) == 1);
  BOOST_TEST(text_of(found).find("invalid") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pauses_between_dials)

BOOST_AUTO_TEST_CASE(double_up_to_a_limit_that_has_everybody_back_in_time) {
  vdoc::membership::dial_pause pause;
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 800ms, 800ms})
    BOOST_TEST((pause.next(0.5) == expected));
  BOOST_TEST((pause.next(0) == 600ms));
  BOOST_TEST((pause.next(0.999) == 999ms));
  pause.begin_anew();
  BOOST_TEST((pause.next(0.5) == 100ms));
}

BOOST_AUTO_TEST_SUITE_END()
