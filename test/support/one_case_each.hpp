#pragma once

#include "test/support/only_where.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace vdoc::test {

/// A suite with one case per thing, each named after it: "sources_become_exact/mkv_vfr". A thing
/// with a text in `skipped` is skipped, for that reason. Define one at namespace scope:
///
///     const one_case_each cases{"suite", things, [](const thing& one) { BOOST_TEST(...); }};
///
/// (Boost's own data cases number their cases, and their header does not compile without warnings
/// with g++ 12 in C++20.)
class one_case_each {
public:
  template <class Thing, class Body>
  one_case_each(const std::string& suite, const std::vector<Thing>& things, Body body) {
    auto* cases = BOOST_TEST_SUITE(suite);
    for (const auto& one : things) {
      auto* single = boost::unit_test::make_test_case([one, body] { body(one); }, one.name,
                                                      __FILE__, __LINE__);
      if (!one.skipped.empty())
        single->add_precondition([why = one.skipped](auto which) { return may_run(which, why); });
      cases->add(single);
    }
    boost::unit_test::framework::master_test_suite().add(cases);
  }
};

} // namespace vdoc::test
