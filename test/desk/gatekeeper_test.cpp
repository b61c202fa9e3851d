#include "cluster/desk/gatekeeper.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

namespace {

const std::string somebodys(40, 'a');
const std::string anothers(40, 'b');

std::string complaint(const std::string& json) {
  return parse_key(json).how.what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_key_of_a_client)

BOOST_AUTO_TEST_CASE(comes_back_from_the_ledger_as_it_was) {
  const client_key key{"studio", somebodys, "acme", role::operator_, 1'764'590'400'000, "admin"};
  const auto back = stored_key("studio", to_json(key));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((*back == key));
}

BOOST_AUTO_TEST_CASE(is_none_when_the_document_was_tampered_with) {
  for (const char* body : {"", "[]", "{}", R"({"public_key":"short","tenant":"a","role":"admin"})"})
    BOOST_TEST(!stored_key("x", body).has_value(), body);
  BOOST_TEST(
      !stored_key("x", R"({"public_key":")" + somebodys + R"(","tenant":"a","role":"king"})"));
}

BOOST_AUTO_TEST_CASE(is_refused_by_what_is_wrong_with_it) {
  const auto with = [](const std::string& rest) {
    return R"({"name":"a","public_key":")" + somebodys + "\"" + rest + "}";
  };
  BOOST_TEST(complaint(with("")) == "");
  BOOST_TEST(parse_key(with("")).what.tenant == "default");
  BOOST_TEST((parse_key(with("")).what.as == role::publisher));
  BOOST_TEST(complaint(with(R"(,"tenant":"*","role":"admin")")) == "");
  BOOST_TEST(complaint(with(R"(,"role":"king")")).starts_with("role has to be"));
  BOOST_TEST(complaint(with(R"(,"rule":"admin")")) == "unknown field rule");
  BOOST_TEST(complaint(R"({"name":"a","public_key":"a"})").starts_with("public_key has to be"));
  BOOST_TEST(complaint(R"({"name":"a b","public_key":"a"})").starts_with("name has to be"));
  BOOST_TEST(complaint("{") != "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_key_ring)

BOOST_AUTO_TEST_CASE(knows_who_has_a_key_until_it_is_taken_away) {
  key_ring ring;
  BOOST_TEST(!ring.complete());
  ring.fill({{"studio", somebodys, "acme", role::publisher, 0, ""}});
  BOOST_TEST(ring.complete());
  ring.put({"ops", anothers, "*", role::admin, 0, ""});
  const auto who = ring.find(somebodys);
  BOOST_REQUIRE(who.has_value());
  BOOST_TEST(who->name == "studio");
  BOOST_TEST(who->tenant == "acme");
  BOOST_TEST((who->as == role::publisher));
  ring.remove("studio");
  BOOST_TEST(!ring.find(somebodys).has_value());
  BOOST_TEST(ring.find(anothers).has_value());
  BOOST_TEST(ring.removals() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
