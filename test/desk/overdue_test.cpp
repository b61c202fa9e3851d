#include "actors/desk/overdue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using vdoc::front_desk::load;
using vdoc::front_desk::overdue;
using vdoc::front_desk::reply;

struct owed_answers {
  overdue<std::string> late;
  std::vector<std::string> given;
  std::shared_ptr<load> under = std::make_shared<load>();
  overdue<std::string>::instant start{};

  auto one() {
    return std::make_shared<reply<std::string>>(
        [this](std::string what) { given.push_back(std::move(what)); }, "nobody answers", under);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_overdue_answer, owed_answers)

BOOST_AUTO_TEST_CASE(is_given_up_at_the_next_look_and_no_earlier) {
  const auto first = one(), second = one();
  BOOST_TEST(late.wait_for(first, start + 4s));
  BOOST_TEST(!late.wait_for(second, start + 5s), "one timer is enough");
  BOOST_TEST(late.look(start + 3'999ms));
  BOOST_TEST(given.empty());
  BOOST_TEST(late.look(start + 4s));
  BOOST_TEST(given == std::vector<std::string>{"nobody answers"}, boost::test_tools::per_element());
  BOOST_TEST(!late.look(start + 5s));
  BOOST_TEST(given.size() == 2U);
  BOOST_TEST(late.wait_for(one(), start + 9s), "there is no timer any more");
}

BOOST_AUTO_TEST_CASE(that_comes_after_all_is_not_given_again) {
  const auto it = one();
  late.wait_for(it, start + 4s);
  BOOST_TEST(!late.look(start + 4s));
  it->give("done");
  BOOST_TEST(given == std::vector<std::string>{"nobody answers"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_none_that_was_answered) {
  auto it = one();
  late.wait_for(it, start + 4s);
  it->give("done");
  it.reset();
  BOOST_TEST(under->calls == 0U);
  BOOST_TEST(!late.look(start + 1s), "nothing is waited for");
  BOOST_TEST(given == std::vector<std::string>{"done"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
