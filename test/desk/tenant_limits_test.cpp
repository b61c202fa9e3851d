#include "cluster/desk/audit.hpp"
#include "cluster/desk/requests.hpp"
#include "cluster/desk/tenant_limits.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

namespace {

tenant_limits of_all() {
  tenant_limits all;
  all[tenant_limit::queued] = 50;
  all[tenant_limit::upload_gb] = 100;
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_of_a_tenant)

BOOST_AUTO_TEST_CASE(are_those_of_all_where_it_has_none_of_its_own) {
  tenant_book book{of_all(), {{"acme", 3}}};
  book.set("acme", {{tenant_limit::queued, 0}, {tenant_limit::stored_mb, 7}});
  const auto acme = book.of("acme"), other = book.of("other");
  BOOST_TEST(acme[tenant_limit::queued] == 0U); // none, though all have one
  BOOST_TEST(acme[tenant_limit::running] == 0U);
  BOOST_TEST(acme.stored_bytes() == 7'000'000U);
  BOOST_TEST(acme.upload_bytes() == 100'000'000'000U);
  BOOST_TEST(acme[tenant_limit::share] == 3U); // by the settings
  auto usual = of_all();
  BOOST_TEST((other == usual));
  BOOST_TEST(other[tenant_limit::share] == 1U);
  book.set("acme", {{tenant_limit::share, 5}});
  BOOST_TEST(book.of("acme")[tenant_limit::share] == 5U);
  BOOST_TEST(book.of("acme")[tenant_limit::queued] == 50U);
  book.set("acme", {});
  BOOST_TEST(book.own().empty());
  book.replace({{"b", {{tenant_limit::running, 2}}}});
  BOOST_TEST(book.of("b")[tenant_limit::running] == 2U);
}

BOOST_AUTO_TEST_CASE(are_changed_one_by_one_and_taken_back_by_null) {
  const auto asked = parse_tenant_change(R"({"queued": 12, "share": null, "upload_gb": 0})");
  BOOST_TEST_REQUIRE(asked.how.ok(), asked.how.what);
  const own_limits before{{tenant_limit::share, 9}, {tenant_limit::running, 1}};
  const auto after = changed(before, asked.what);
  BOOST_TEST((after == own_limits{{tenant_limit::queued, 12},
                                  {tenant_limit::running, 1},
                                  {tenant_limit::upload_gb, 0}}));
  BOOST_TEST(line_of({"ann", "*", role::admin}, "acme", asked.what).detail ==
             R"({"queued":12,"upload_gb":0,"share":null})");
}

BOOST_AUTO_TEST_CASE(are_read_back_as_they_were_written) {
  const own_limits own{{tenant_limit::queued, 12}, {tenant_limit::share, 1'000}};
  BOOST_TEST(to_body(own) == R"({"queued":12,"share":1000})");
  BOOST_TEST((own_limits_in(to_body(own)) == own));
  BOOST_TEST(to_body({}) == "");
  for (const auto* wrong :
       {"", "[]", "{", R"({"share":0})", R"({"queued":-1})", R"({"queued":"9"})"})
    BOOST_TEST(own_limits_in(wrong).empty(), wrong);
}

BOOST_AUTO_TEST_CASE(are_of_the_tenant_that_an_order_names) {
  const auto asked = parse_tenant_order(R"({"name": "acme", "running": 2})");
  BOOST_TEST_REQUIRE(asked.how.ok(), asked.how.what);
  BOOST_TEST(asked.name == "acme");
  BOOST_TEST((asked.what == tenant_change{{tenant_limit::running, 2}}));
  for (const auto* wrong :
       {R"({"running": 2})", R"({"name": "acme"})", R"({"name": "a", "run": 2})",
        R"({"name": "a", "running": 1000000001})"})
    BOOST_TEST(!parse_tenant_order(wrong).how.ok(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
