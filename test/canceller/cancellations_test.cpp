#include "actors/wire/cancellations.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using vdoc::cancellations;

bool is_cancelled(cancellations& board, const std::string& call) {
  return cancellations::work{board, call}.cancelled();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_cancel)

BOOST_AUTO_TEST_CASE(reaches_the_call_that_is_worked_on_and_no_other) {
  cancellations board;
  const cancellations::work one{board, "job/encode/1.0#1"};
  const cancellations::work other{board, "job/encode/1.0#2"};
  BOOST_TEST(!one.cancelled());
  board.cancel("job/encode/1.0#1");
  BOOST_TEST(one.cancelled());
  BOOST_TEST(!other.cancelled());
}

BOOST_AUTO_TEST_CASE(may_come_before_its_call_and_counts_once) {
  cancellations board;
  board.cancel("a");
  BOOST_TEST(!is_cancelled(board, "b"));
  BOOST_TEST(is_cancelled(board, "a"));
  BOOST_TEST(!is_cancelled(board, "a"));
}

BOOST_AUTO_TEST_CASE(of_a_call_that_is_over_changes_nothing_for_those_that_follow) {
  cancellations board;
  BOOST_TEST(!is_cancelled(board, "a"));
  board.cancel("a");
  BOOST_TEST(!is_cancelled(board, "b"));
}

BOOST_AUTO_TEST_CASE(is_remembered_among_the_last_thousand) {
  cancellations board;
  for (int i = 0; i <= 1'000; ++i)
    board.cancel(std::to_string(i));
  BOOST_TEST(!is_cancelled(board, "0"));
  BOOST_TEST(is_cancelled(board, "1"));
  BOOST_TEST(is_cancelled(board, "1000"));
}

BOOST_AUTO_TEST_SUITE_END()
