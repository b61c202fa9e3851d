#include "actors/wire/allegiance.hpp"
#include "pipelines/fault.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>

namespace {

using vdoc::allegiance;

constexpr auto nothing = [] {};

} // namespace

BOOST_AUTO_TEST_SUITE(a_leader_that_is_gone)

BOOST_AUTO_TEST_CASE(is_left_at_once_by_who_has_nothing_in_hand) {
  allegiance to;
  { const allegiance::making one{to, "k1"}; }
  BOOST_TEST(!to.part(nothing));
}

BOOST_AUTO_TEST_CASE(is_left_when_what_is_being_made_is_done) {
  allegiance to;
  std::string told;
  std::optional<allegiance::making> one;
  one.emplace(to, "k1");
  BOOST_TEST(to.part([&] { told += "done "; }).value_or("nothing") == "k1");
  BOOST_TEST(told == "");
  one.reset();
  BOOST_TEST(told == "done ");
}

BOOST_AUTO_TEST_CASE(is_left_at_once_by_who_is_just_writing_where_it_reads) {
  allegiance to;
  const allegiance::making one{to, "k1"};
  std::optional<std::string> left{"not asked"};
  BOOST_TEST(to.write([&] { left = to.part(nothing); }));
  BOOST_TEST(!left);
}

BOOST_AUTO_TEST_CASE(is_not_written_for_nor_worked_for_any_more) {
  allegiance to;
  std::optional<allegiance::making> one;
  one.emplace(to, "k1");
  BOOST_TEST(to.part(nothing).has_value());
  bool wrote = false;
  BOOST_TEST(!to.write([&] { wrote = true; }));
  BOOST_TEST(!wrote);
  one.reset();
  BOOST_CHECK_THROW((allegiance::making{to, "k2"}), vdoc::failure);
}

BOOST_AUTO_TEST_CASE(finds_nobody_writing_after_a_write_that_failed) {
  allegiance to;
  const allegiance::making one{to, "k1"};
  BOOST_CHECK_THROW(to.write([] { throw std::runtime_error{"disk full"}; }), std::runtime_error);
  BOOST_TEST(to.part(nothing).value_or("nothing") == "k1");
}

BOOST_AUTO_TEST_SUITE_END()
