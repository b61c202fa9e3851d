#include "net/http/fetch.hpp"
#include "test/net/fetching.hpp"
#include "test/net/name_service.hpp"
#include "test/net/web_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace std::chrono_literals;
using test::answer_with;
using test::blunt_server;
using test::redirect_to;
using test::web_server;

namespace {

std::string long_body() {
  std::string body(1'000'000, '\0');
  for (std::size_t at = 0; at < body.size(); ++at)
    body[at] = static_cast<char>(at * at % 251);
  return body;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_fetch, test::fetching)

BOOST_AUTO_TEST_CASE(spools_every_byte_under_the_name_asked_for) {
  const auto body = long_body();
  web_server host{[&](auto* message, const auto&) { answer_with(message, body); }};
  net::fetch_progress last;
  const auto got = fetch(host.url("/talk.mp4?token=secret"), [&](const auto& now) {
    BOOST_TEST(now.received_bytes > last.received_bytes);
    last = now;
  });
  BOOST_TEST((spooled() == body));
  BOOST_TEST(got.bytes == body.size());
  BOOST_TEST(got.url == host.url("/talk.mp4"));
  BOOST_TEST(got.content_type == "video/mp4");
  BOOST_TEST(last.received_bytes == body.size());
  BOOST_TEST(last.total_bytes == body.size());
  BOOST_TEST(!std::filesystem::exists(folder / "source.part"));
}

BOOST_AUTO_TEST_CASE(says_when_all_came_before_the_file_is_there) {
  const auto body = long_body();
  web_server host{[&](auto* message, const auto&) { answer_with(message, body); }};
  const std::atomic<bool> never{false};
  std::vector<std::uintmax_t> sizes;
  net::fetch(host.url("/talk.mp4"), folder / "source", limits, never, {}, [&] {
    BOOST_TEST(!std::filesystem::exists(folder / "source"));
    sizes.push_back(std::filesystem::file_size(folder / "source.part"));
  });
  BOOST_TEST((sizes == std::vector<std::uintmax_t>{body.size()}));
}

BOOST_AUTO_TEST_CASE(takes_a_body_whose_length_is_not_announced) {
  blunt_server host{"HTTP/1.1 200 OK\r\n\r\nas long as it takes", blunt_server::then::closes};
  std::uint64_t announced = 1;
  fetch(host.url(), [&](const auto& now) { announced = now.total_bytes; });
  BOOST_TEST(spooled() == "as long as it takes");
  BOOST_TEST(announced == 0);
}

BOOST_AUTO_TEST_CASE(follows_redirects_up_to_the_limit) {
  web_server host{[](auto* message, const std::string& path) {
    const int left = std::stoi(path.substr(1));
    if (left == 0)
      answer_with(message, "there");
    else
      redirect_to(message, "/" + std::to_string(left - 1));
  }};
  BOOST_TEST(fetch(host.url("/5")).url == host.url("/0"));
  BOOST_TEST(spooled() == "there");
  std::filesystem::remove(folder / "source");
  const auto wrong = error_of(host.url("/6"));
  BOOST_REQUIRE(wrong);
  BOOST_TEST(wrong->what() == host.url("/1") + " redirects too often");
  BOOST_TEST((wrong->whose() == net::at_fault::peer));
}

BOOST_AUTO_TEST_CASE(tells_the_users_faults_from_the_hosts) {
  web_server host{[](auto* message, const std::string& path) {
    soup_server_message_set_status(message, std::stoul(path.substr(1)), nullptr);
  }};
  for (const char* users : {"/404", "/403", "/401", "/410"})
    BOOST_TEST((error_of(host.url(users))->whose() == net::at_fault::user), users);
  for (const char* hosts : {"/500", "/503", "/429", "/408"})
    BOOST_TEST((error_of(host.url(hosts))->whose() == net::at_fault::peer), hosts);
  BOOST_TEST(error_of(host.url("/404"))->what() == host.url("/404") + " answers 404 Not Found");
}

BOOST_AUTO_TEST_CASE(says_when_there_is_no_such_host_or_nobody_listens) {
  const test::name_service names{{}};
  const auto unknown = error_of("http://nowhere.example/talk.mp4");
  BOOST_TEST(unknown->what() == "there is no host nowhere.example");
  BOOST_TEST((unknown->whose() == net::at_fault::user));
  std::string closed;
  {
    web_server host{[](auto*, const auto&) {}};
    closed = host.url("/talk.mp4");
  }
  BOOST_TEST((error_of(closed)->whose() == net::at_fault::peer));
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_host_that_takes_the_call_and_says_nothing) {
  blunt_server host{"", blunt_server::then::stays_silent};
  limits.answer_timeout = 300ms;
  const auto begun = std::chrono::steady_clock::now();
  const auto wrong = error_of(host.url());
  BOOST_TEST(wrong->what() == host.url() + " did not answer in time (waiting for an answer)");
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 8s)); // of its own it has more than ten
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_body_that_stops) {
  blunt_server host{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                    blunt_server::then::stays_silent};
  limits.idle_timeout = 300ms;
  BOOST_TEST(error_of(host.url())->what() ==
             host.url() + " did not answer in time (waiting for more)");
}

BOOST_AUTO_TEST_CASE(does_not_take_half_a_body_for_a_whole_one) {
  blunt_server host{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                    blunt_server::then::closes};
  const auto wrong = error_of(host.url());
  BOOST_TEST(std::string{wrong->what()}.find("ended early") != std::string::npos);
  BOOST_TEST((wrong->whose() == net::at_fault::peer));
}

BOOST_AUTO_TEST_CASE(refuses_more_bytes_than_the_limit) {
  limits.largest_bytes = 10;
  const std::string refusal = " is larger than 10 bytes";
  web_server announcing{[](auto* message, const auto&) { answer_with(message, "eleven byte"); }};
  BOOST_TEST(error_of(announcing.url("/a"))->what() == announcing.url("/a") + refusal);
  blunt_server silent{"HTTP/1.1 200 OK\r\n\r\neleven byte", blunt_server::then::closes};
  BOOST_TEST(error_of(silent.url())->what() == silent.url() + refusal);
  web_server fitting{[](auto* message, const auto&) { answer_with(message, "ten bytes."); }};
  BOOST_TEST(fetch(fitting.url("/a")).bytes == 10);
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_not_the_file_itself) {
  blunt_server host{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nxx",
                    blunt_server::then::closes};
  BOOST_TEST(error_of(host.url())->what() == host.url() + " sends a compressed body unasked");
}

BOOST_AUTO_TEST_CASE(ends_when_nobody_wants_it_any_more) {
  blunt_server host{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                    blunt_server::then::stays_silent};
  BOOST_CHECK_THROW(fetch(host.url(), [&](const auto&) { cancelled = true; }),
                    net::fetch_cancelled);
  BOOST_TEST(std::filesystem::is_empty(folder));
}

BOOST_AUTO_TEST_CASE(says_when_it_cannot_write) {
  web_server host{[](auto* message, const auto&) { answer_with(message, "x"); }};
  const auto into = folder / "missing" / "source";
  BOOST_CHECK_EXCEPTION(net::fetch(host.url("/a"), into, limits, cancelled), net::fetch_error,
                        [&](const net::fetch_error& wrong) {
                          return wrong.what() == "cannot create " + into.string() +
                                                     ".part: No such file or directory";
                        });
}

BOOST_AUTO_TEST_CASE(has_limits_that_end_a_hanging_url_within_15_s) {
  BOOST_TEST((net::fetch_limits{}.answer_timeout + 1s < 15s));
}

BOOST_AUTO_TEST_SUITE_END()
