#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/schema_versions.hpp"
#include "cluster/ledger/store.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace vdoc::ledger;

constexpr std::array steps{migration{1, "one", "", false},  migration{2, "two", "", false},
                           migration{3, "three", "", true}, migration{4, "four", "", true},
                           migration{5, "five", "", false}, migration{6, "six", "", true}};

int usable_after(std::size_t count) {
  return usable_from(std::span<const migration>{steps}.first(count));
}

std::string refusal(const schema_versions& versions) {
  try {
    check_usable(versions, "jobs.db");
  } catch (const cannot_open& why) {
    return std::string{why.what()} + (why.advice().empty() ? "" : "; " + why.advice());
  }
  return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(versions_of_a_schema)

BOOST_AUTO_TEST_CASE(stay_usable_while_steps_only_add) {
  std::vector<int> oldest;
  for (std::size_t count = 0; count <= steps.size(); ++count)
    oldest.push_back(usable_after(count));
  BOOST_TEST(oldest == (std::vector{0, 1, 2, 2, 2, 5, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(say_what_is_to_be_done) {
  BOOST_TEST(refusal({5, 5, 5}) == "");
  BOOST_TEST(refusal({7, 5, 5}) == "");
  BOOST_TEST(refusal({7, 5, 2}) == "");
  BOOST_TEST(refusal({7, 5, 6}) ==
             "jobs.db has schema 7, usable from 6; this program knows 5: upgrade this node");
  BOOST_TEST(refusal({4, 5, 2}) ==
             "jobs.db has the tables of schema 4 of 5; run `video-doc ledger migrate`");
  BOOST_TEST(refusal({0, 5, 0}) ==
             "jobs.db has the tables of schema 0 of 5; run `video-doc ledger migrate`");
  BOOST_CHECK_NO_THROW(check_not_too_new({4, 5, 4}, "jobs.db"));
  BOOST_CHECK_THROW(check_not_too_new({6, 5, 6}, "jobs.db"), cannot_open);
}

BOOST_AUTO_TEST_SUITE_END()
