#include "cluster/desk/caller.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

BOOST_AUTO_TEST_SUITE(a_caller)

BOOST_AUTO_TEST_CASE(has_a_role_that_is_read_back_by_its_name) {
  for (const auto one : {role::viewer, role::publisher, role::operator_, role::admin})
    BOOST_TEST((role_from(to_string(one)) == one));
  BOOST_TEST(to_string(role::operator_) == "operator");
  BOOST_TEST(!role_from("operator_").has_value());
  BOOST_TEST(!role_from("").has_value());
}

BOOST_AUTO_TEST_CASE(may_do_what_lesser_roles_may) {
  const caller who{"ci", "news", role::operator_};
  BOOST_TEST(who.may(role::viewer));
  BOOST_TEST(who.may(role::operator_));
  BOOST_TEST(!who.may(role::admin));
}

BOOST_AUTO_TEST_CASE(sees_its_own_tenant_only_unless_it_sees_all) {
  BOOST_TEST((caller{"a", "news", role::admin}.sees("news")));
  BOOST_TEST(!(caller{"a", "news", role::admin}.sees("films")));
  BOOST_TEST((caller{"a", "*", role::viewer}.sees("films")));
}

BOOST_AUTO_TEST_SUITE_END()
