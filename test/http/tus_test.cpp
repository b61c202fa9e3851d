#include "net/http/tus.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::net;
using tus::verb;

unsigned status_of(const std::optional<web_answer>& answer) {
  return answer ? answer->status : 0;
}

tus::request creation_of(std::string_view length) {
  tus::request it{"POST"};
  it.resumable = "1.0.0";
  it.length = length;
  it.body = 0;
  return it;
}

tus::request more_at(std::string_view offset, std::uint64_t body) {
  tus::request it{"PATCH"};
  it.offset = offset;
  it.content_type = "application/offset+octet-stream";
  it.body = body;
  return it;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_words_of_tus)

BOOST_AUTO_TEST_CASE(are_methods_of_which_another_one_may_stand_in_a_header) {
  BOOST_TEST((tus::verb_of({"HEAD"}) == verb::look));
  BOOST_TEST((tus::verb_of({"POST"}) == verb::create));
  BOOST_TEST((tus::verb_of({"POST", "PATCH"}) == verb::append));
  BOOST_TEST((tus::verb_of({"POST", "DELETE"}) == verb::remove));
  BOOST_TEST((tus::verb_of({"GET"}) == verb::none));
}

BOOST_AUTO_TEST_CASE(are_of_one_version) {
  BOOST_TEST(!tus::check_version(creation_of("1")).has_value());
  auto other = creation_of("1");
  other.resumable = "0.2.2";
  const auto refused = tus::check_version(other);
  BOOST_TEST(status_of(refused) == 412u);
  BOOST_TEST(refused->headers.back().second == "1.0.0");
}

BOOST_AUTO_TEST_CASE(give_metadata_as_pairs) {
  const auto all = tus::metadata_in("filename dGFsay5tcDQ=,is_private, note SGk=");
  BOOST_TEST_REQUIRE(all.has_value());
  BOOST_TEST(all->size() == 3u);
  BOOST_TEST(tus::value_of(*all, "filename") == "talk.mp4");
  BOOST_TEST(tus::value_of(*all, "is_private") == "");
  BOOST_TEST(tus::value_of(*all, "note") == "Hi");
  BOOST_TEST(tus::metadata_in("")->empty());
  for (const auto* wrong : {"filename dGFs!", "a b c", ",", "a YQ==,a YQ=="})
    BOOST_TEST(!tus::metadata_in(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(need_a_length_that_is_allowed) {
  BOOST_TEST(tus::read_creation(creation_of("1000"), 1'000).length.value() == 1'000u);
  BOOST_TEST(status_of(tus::read_creation(creation_of("1001"), 1'000).refusal) == 413u);
  BOOST_TEST(status_of(tus::read_creation(creation_of("1001"), 0).refusal) == 0u);
  for (const auto* wrong : {"", "-1", "1e3", "0x10", "9223372036854775808", " 5"})
    BOOST_TEST(status_of(tus::read_creation(creation_of(wrong), 0).refusal) == 400u, wrong);
}

BOOST_AUTO_TEST_CASE(may_say_the_length_later_and_then_once) {
  auto first = creation_of("");
  first.defer = "1";
  BOOST_TEST(status_of(tus::read_creation(first, 1'000).refusal) == 0u);
  BOOST_TEST(!tus::read_creation(first, 1'000).length.has_value());
  first.body = 1'001;
  first.content_type = "application/offset+octet-stream";
  BOOST_TEST(status_of(tus::read_creation(first, 1'000).refusal) == 413u);
  first.body = 0;
  first.length = "5";
  BOOST_TEST(status_of(tus::read_creation(first, 0).refusal) == 400u); // both
  first.length = "";
  first.defer = "2";
  BOOST_TEST(status_of(tus::read_creation(first, 0).refusal) == 400u);

  auto more = more_at("4", 6);
  BOOST_TEST(!tus::read_continuation(more, std::nullopt, 0).length.has_value());
  BOOST_TEST(status_of(tus::read_continuation(more, std::nullopt, 9).refusal) == 413u);
  const auto said = [&](std::string_view length, std::optional<std::uint64_t> before) {
    more.length = length;
    return tus::read_continuation(more, before, 1'000);
  };
  BOOST_TEST(said("10", std::nullopt).length.value() == 10u);
  BOOST_TEST(!said("10", 10).length.has_value()); // nothing new
  BOOST_TEST(status_of(said("10", 10).refusal) == 0u);
  BOOST_TEST(status_of(said("11", 10).refusal) == 400u);
  BOOST_TEST(status_of(said("ten", std::nullopt).refusal) == 400u);
  BOOST_TEST(status_of(said("3", std::nullopt).refusal) == 400u);
  BOOST_TEST(status_of(said("9", std::nullopt).refusal) == 413u);
  BOOST_TEST(status_of(said("1001", std::nullopt).refusal) == 413u);
}

BOOST_AUTO_TEST_CASE(may_bring_the_first_bytes_in_the_right_type) {
  auto it = creation_of("10");
  BOOST_TEST(!tus::read_creation(it, 0).with_upload);
  it.body = 4;
  BOOST_TEST(status_of(tus::read_creation(it, 0).refusal) == 415u);
  it.content_type = "application/offset+octet-stream";
  BOOST_TEST(tus::read_creation(it, 0).with_upload);
  it.body = 11;
  BOOST_TEST(status_of(tus::read_creation(it, 0).refusal) == 413u);
}

BOOST_AUTO_TEST_CASE(go_on_at_an_offset_and_never_beyond_the_length) {
  BOOST_TEST(tus::read_continuation(more_at("4", 6), 10, 0).offset == 4u);
  BOOST_TEST(status_of(tus::read_continuation(more_at("4", 7), 10, 0).refusal) == 413u);
  BOOST_TEST(status_of(tus::read_continuation(more_at("", 1), 10, 0).refusal) == 400u);
  BOOST_TEST(status_of(tus::read_continuation(more_at("11", 1), 10, 0).refusal) ==
             0u); // 409 follows
}

BOOST_AUTO_TEST_CASE(have_checksums_of_two_kinds) {
  auto it = more_at("0", 3);
  it.checksum = "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
  const auto read = tus::read_continuation(it, 10, 0);
  BOOST_TEST(read.sum.algorithm == "sha1");
  BOOST_TEST(read.sum.digest.size() == 20u);
  for (const auto* wrong : {"sha1", "sha1 AAAA", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 !"}) {
    it.checksum = wrong;
    BOOST_TEST(status_of(tus::read_continuation(it, 10, 0).refusal) == 400u, wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()
