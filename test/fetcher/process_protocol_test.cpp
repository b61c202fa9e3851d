#include "actors/fetcher/process_protocol.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc;
using namespace vdoc::fetcher;
using namespace std::chrono_literals;

/// What a process that ended with this fault has said.
fault heard(const fault& why, std::vector<std::string> more = {}) {
  auto lines = fault_lines(why);
  lines.insert(lines.begin(), "a library says: hello");
  lines.insert(lines.end(), more.begin(), more.end());
  const auto said = outcome_in(lines);
  BOOST_REQUIRE(said.has_value());
  BOOST_REQUIRE(std::holds_alternative<fault>(*said));
  return std::get<fault>(*said);
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_errand)

BOOST_AUTO_TEST_CASE(arrives_as_it_was_given) {
  errand what{
      "https://me:secret@example.org/a?token=1\n\xff", "/jobs/\xff/.work/fetch.1/source", {}};
  what.limits.schemes = {"https"};
  what.limits.allow_private_addresses = true;
  what.limits.allowed_networks = {"10.1.2.0/24", "::1"};
  what.limits.authorities = "/etc/house.pem";
  what.limits.connect_timeout = 1'001ms;
  what.limits.answer_timeout = 1'002ms;
  what.limits.idle_timeout = 1'003ms;
  what.limits.redirects = 7;
  what.limits.largest_bytes = 12'345'678'901'234;
  const auto got = errand_from(to_bytes(what));
  BOOST_TEST(got.url == what.url);
  BOOST_TEST(got.into == what.into);
  BOOST_TEST(got.limits.schemes == what.limits.schemes);
  BOOST_TEST(got.limits.allow_private_addresses);
  BOOST_TEST(got.limits.allowed_networks == what.limits.allowed_networks);
  BOOST_TEST(got.limits.authorities == what.limits.authorities);
  BOOST_TEST((got.limits.connect_timeout == 1'001ms && got.limits.answer_timeout == 1'002ms));
  BOOST_TEST((got.limits.idle_timeout == 1'003ms));
  BOOST_TEST(got.limits.redirects == 7);
  BOOST_TEST(got.limits.largest_bytes == 12'345'678'901'234u);
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_none) {
  for (const auto* text : {"", "\xa0", "\x81\x01", "nonsense", "\xa1\x63url\x01"})
    BOOST_CHECK_THROW(errand_from(text), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_a_process_that_fetches_says)

BOOST_AUTO_TEST_CASE(is_the_fault_that_it_had) {
  for (const auto whose : {culprit::user, culprit::peer, culprit::ours}) {
    const fault why{whose, "http://a/b answers 404", "check the URL", "fetch"};
    BOOST_TEST((heard(why) == why));
  }
  const fault without_advice{culprit::peer, "it ended early", "", "fetch"};
  BOOST_TEST((heard(without_advice) == without_advice));
}

BOOST_AUTO_TEST_CASE(is_one_line_of_what_can_be_printed_whatever_servers_choose) {
  BOOST_TEST(heard({culprit::peer, "no\nfetch: done\n\x1b[2J", "a\tb", ""}).what ==
             "no fetch: done  [2J");
  BOOST_TEST(heard({culprit::peer, std::string(5'000, 'x'), "", ""}).what.size() == 1'500u);
}

BOOST_AUTO_TEST_CASE(is_nothing_when_it_came_to_no_end) {
  BOOST_TEST(!outcome_in({}).has_value());
  BOOST_TEST(!outcome_in({progress_line(), whole_line(), "terminate called"}).has_value());
  BOOST_TEST(!outcome_in({"fetch: fault of nobody"}).has_value());
  const auto said = outcome_in({progress_line(), done_line(), "a library says goodbye"});
  BOOST_REQUIRE(said.has_value());
  BOOST_TEST(std::holds_alternative<done>(*said));
}

BOOST_AUTO_TEST_CASE(tells_when_it_is_not_confined) {
  BOOST_TEST(unconfined_in(unconfined_line("the kernel\nis old")).value_or("") ==
             "the kernel is old");
  BOOST_TEST(!unconfined_in(progress_line()).has_value());
  BOOST_TEST(is_whole_line(whole_line()));
  BOOST_TEST(!is_whole_line(progress_line()));
}

BOOST_AUTO_TEST_SUITE_END()
