#include "cluster/membership/dial_pause.hpp"
#include "net/dial/dial_order.hpp"
#include "net/dial/reach.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <map>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace vdoc::net;
using vdoc::test::until;
using steady = std::chrono::steady_clock;
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
  /// Who waits has been spoken to.
  void take() const { ::close(::accept(fd, nullptr, nullptr)); }
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

/// Names that the test answers for. Nobody answers for "mute", nor for any while `is_mute`, until
/// the test is over.
struct name_servers {
  std::shared_ptr<std::map<std::string, std::vector<dial_place>>> answers =
      std::make_shared<std::map<std::string, std::vector<dial_place>>>();
  std::atomic<bool> is_mute{false}, is_over{false};
  std::atomic<int> asking_now{0};

  name_servers() { (*answers)["node-b"]; }
  ~name_servers() {
    is_over = true;
    BOOST_TEST(until(60s, [&] { return asking_now == 0; }));
  }
  address_book asking() {
    return address_book{[this](const dial_place& what) {
      ++asking_now;
      until(180s, [&] { return is_over || !(is_mute || what.host == "mute"); });
      auto found = is_over ? std::vector<dial_place>{} : answers->at(what.host);
      --asking_now;
      return found;
    }};
  }
};

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
  address_book book;
  const auto found = reachable(book, {mute.place, gone.place, good.place}, {10s, 10s});
  BOOST_TEST(text_of(found) == good.place.text() + " ");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(are_given_up_at_the_limit) {
  const a_listener mute{true};
  address_book book;
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(text_of(reachable(book, {mute.place}, {10s, 200ms})) == "");
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((took >= 200ms));
  BOOST_TEST((took < 5s));
}

BOOST_AUTO_TEST_CASE(are_all_found_that_answer) {
  const a_listener one, two;
  address_book book;
  BOOST_TEST(reachable(book, {one.place, two.place, {"no address", 1}}, {10s, 10s}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(have_the_addresses_of_their_names) {
  address_book book;
  const std::vector<dial_place> places{
      {"localhost", 7}, {"127.0.0.1", 7}, {"127.0.0.1", 8}, {"nowhere.invalid", 7}};
  book.ask(places);
  BOOST_TEST(text_of(book.known(places)).starts_with("127.0.0.1:7 127.0.0.1:8 ")); // at once
  BOOST_TEST(until(60s, [&] { return !book.hear(); }));
  const auto found = book.known(places);
  BOOST_TEST(text_of(found).find("127.0.0.1:7 ") != std::string::npos);
  BOOST_TEST(std::count(found.begin(), found.end(), dial_place{"127.0.0.1", 7}) == 1);
  BOOST_TEST(std::count(found.begin(), found.end(), dial_place{"127.0.0.1", 8}) == 1);
  BOOST_TEST(text_of(found).find("invalid") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(names_to_dial, name_servers)

BOOST_AUTO_TEST_CASE(delay_nothing_that_is_known_while_they_are_not_answered) {
  const a_listener good;
  auto book = asking();
  const auto begin = steady::now();
  BOOST_TEST(text_of(reachable(book, {{"mute", 7}, good.place}, {10s, 10s})) ==
             good.place.text() + " ");
  BOOST_TEST((steady::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(are_dialled_as_soon_as_they_are_answered_whoever_else_is_not) {
  const a_listener good;
  auto book = asking();
  answers->at("node-b") = {good.place};
  const std::vector<dial_place> both{{"mute", 7}, {"node-b", 7}};
  const auto begin = steady::now();
  BOOST_TEST(text_of(reachable(book, both, {10s, 10s})) == good.place.text() + " ");
  BOOST_TEST((steady::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(are_given_up_at_their_limit) {
  auto book = asking();
  const auto begin = steady::now();
  BOOST_TEST(reachable(book, {{"mute", 7}}, {200ms, 10s}).empty());
  BOOST_TEST((steady::now() - begin >= 200ms));
  BOOST_TEST((steady::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(stand_for_all_their_addresses) {
  const a_listener one, two, mute{true};
  a_listener gone;
  gone.close();
  auto book = asking();
  answers->at("node-b") = {gone.place, mute.place, one.place, two.place};
  auto found = reachable(book, {{"node-b", 7}}, {10s, 10s});
  std::ranges::sort(found);
  std::vector<dial_place> expected{one.place, two.place};
  std::ranges::sort(expected);
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(stand_for_what_they_were_until_it_is_known_what_they_are_now) {
  const a_listener before, after;
  auto book = asking();
  answers->at("node-b") = {before.place};
  BOOST_TEST(reachable(book, {{"node-b", 7}}, {10s, 10s}).size() == 1u);
  before.take();
  is_mute = true; // the name server is away
  const auto begin = steady::now();
  BOOST_TEST(text_of(reachable(book, {{"node-b", 7}}, {10s, 10s})) == before.place.text() + " ");
  BOOST_TEST((steady::now() - begin < 5s));
  answers->at("node-b") = {after.place};
  is_mute = false;
  BOOST_TEST(until(60s, [&] { return !book.hear(); }));
  BOOST_TEST(text_of(book.known({{"node-b", 7}})) == after.place.text() + " ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(places_that_accept)

BOOST_AUTO_TEST_CASE(are_spoken_to_in_the_order_in_which_they_answered_last) {
  dial_order order;
  const dial_place a{"a", 1}, b{"b", 1}, c{"c", 1}, d{"d", 1}, e{"e", 1};
  const auto sorted = [&] {
    std::vector<dial_place> all{a, b, c, d, e};
    order.sort(all);
    std::string names;
    for (const auto& each : all)
      names += each.host;
    return names;
  };
  BOOST_TEST(sorted() == "abcde"); // as they accepted
  order.answered(c);
  BOOST_TEST(sorted() == "cabde");
  order.answered(e);
  BOOST_TEST(sorted() == "ecabd");
  order.was_of_no_use(a);
  order.was_of_no_use(b);
  BOOST_TEST(sorted() == "ecdab"); // b has just cost time
  order.was_of_no_use(e);
  BOOST_TEST(sorted() == "cdabe");
  order.answered(a);
  BOOST_TEST(sorted() == "acdbe");
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
