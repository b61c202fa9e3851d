#pragma once

#include <boost/test/unit_test.hpp>

#include <functional>
#include <iostream>
#include <string>

namespace vdoc::test {

/// What Boost shall do with a case that cannot run for a reason ("": it can): count it as skipped,
/// never as passed. Says so on standard output, whatever the log level.
inline boost::test_tools::assertion_result may_run(boost::unit_test::test_unit_id which,
                                                   const std::string& why_not) {
  boost::test_tools::assertion_result result{why_not.empty()};
  if (!why_not.empty()) {
    const auto name =
        boost::unit_test::framework::get(which, boost::unit_test::TUT_ANY).full_name();
    std::cout << "skipped: " << name << ": " << why_not << std::endl;
    result.message() << why_not;
  }
  return result;
}

/// In front of a case: `BOOST_TEST_DECORATOR(*only_where([] { return reason_or_nothing(); }))`.
inline boost::unit_test::precondition only_where(std::function<std::string()> why_not) {
  return boost::unit_test::precondition(
      [why_not = std::move(why_not)](auto which) { return may_run(which, why_not()); });
}

} // namespace vdoc::test
