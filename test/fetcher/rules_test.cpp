#include "actors/fetcher/process_protocol.hpp"
#include "actors/fetcher/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace vdoc;
using namespace vdoc::fetcher;
using namespace std::chrono_literals;

supervision::child_exit by_signal(int number) {
  supervision::child_exit how;
  how.by_signal = true;
  how.code = number;
  return how;
}

supervision::child_exit saying(std::vector<std::string> lines, int code = 0) {
  supervision::child_exit how;
  how.code = code;
  how.last_lines = std::move(lines);
  return how;
}

struct rules_of_a_fetch {
  rules it{fetcher_limits{}};

  /// The pause before it is begun again, in milliseconds.
  static long pause_in(const verdict& what) {
    const auto* again = std::get_if<start_again>(&what);
    return again == nullptr ? -1 : again->after.count();
  }
  static fault fault_in(const verdict& what) {
    BOOST_REQUIRE(std::holds_alternative<give_up>(what));
    return std::get<give_up>(what).why;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_fetch, rules_of_a_fetch)

BOOST_AUTO_TEST_CASE(is_over_when_its_process_says_so) {
  BOOST_TEST(std::holds_alternative<take_file>(it.ended(saying({done_line()}))));
  const fault why{culprit::user, "http://a/b answers 404", "check the URL", "fetch"};
  BOOST_TEST((fault_in(it.ended(saying(fault_lines(why)))) == why));
}

BOOST_AUTO_TEST_CASE(is_begun_again_after_a_crash_and_given_up_after_three) {
  BOOST_TEST(pause_in(it.ended(by_signal(SIGSEGV))) == 100);
  BOOST_TEST(pause_in(it.ended(saying({"terminate called"}, 1))) == 200);
  const auto why = fault_in(it.ended(by_signal(SIGABRT)));
  BOOST_TEST(why.what == "the process that fetches the source ended 3 times: SIGABRT");
  BOOST_TEST((why.whose == culprit::peer));
  BOOST_TEST(why.where == "fetcher"); // "fetch" would count against the source host
}

BOOST_AUTO_TEST_CASE(is_not_believed_to_be_done_by_a_process_that_crashed_all_the_same) {
  auto how = by_signal(SIGSEGV);
  how.last_lines = {done_line()};
  BOOST_TEST(pause_in(it.ended(how)) == 100);
  BOOST_TEST(pause_in(it.ended(saying({done_line()}, 1))) == 200);
  BOOST_TEST(fault_in(it.ended(saying({"nothing of use"}))).what ==
             "the process that fetches the source ended 3 times: exit code 0 (said last: nothing "
             "of use)");
}

BOOST_AUTO_TEST_CASE(blames_nobody_for_kills_from_outside) {
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(pause_in(it.ended(by_signal(SIGKILL))) == std::min(100L << i, 2'000L));
  BOOST_TEST(pause_in(it.ended(by_signal(SIGKILL))) == 100); // from here on they are crashes
  it.ended(by_signal(SIGKILL));
  fault_in(it.ended(by_signal(SIGKILL)));
}

BOOST_AUTO_TEST_CASE(hangs_when_it_says_nothing_and_longer_when_all_is_there) {
  BOOST_TEST(!it.hangs(19'999ms, false));
  BOOST_TEST(!it.hangs(599'999ms, true));
  BOOST_TEST(it.hangs(20'000ms, false));
  BOOST_TEST(pause_in(it.ended(by_signal(SIGKILL))) == 100); // our kill: a crash
  BOOST_TEST(!it.hangs(0ms, false));                         // the next one
  BOOST_TEST(it.hangs(600'000ms, true));
  BOOST_TEST(pause_in(it.ended(by_signal(SIGKILL))) == 200);
  BOOST_TEST(it.hangs(20'000ms, false));
  BOOST_TEST(fault_in(it.ended(by_signal(SIGKILL))).what ==
             "the process that fetches the source ended 3 times: it hung");
}

BOOST_AUTO_TEST_SUITE_END()
