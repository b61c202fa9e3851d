#include "test/support/command.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace vdoc::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_command)

BOOST_AUTO_TEST_CASE(tells_what_it_wrote_and_how_it_ended) {
  const auto result = run({{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}, {}}, 60s);
  BOOST_TEST(result.out == "out\n");
  BOOST_TEST(result.err == "err\n");
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(!result.timed_out);
}

BOOST_AUTO_TEST_CASE(that_does_not_exist_ends_with_127) {
  BOOST_TEST(run({{"no-such-program"}, {}, {}}, 60s).exit_code == 127);
}

BOOST_AUTO_TEST_CASE(writes_more_than_a_pipe_holds) {
  BOOST_TEST(run({{"head", "-c", "3000000", "/dev/zero"}, {}, {}}, 60s).out.size() == 3'000'000U);
}

BOOST_AUTO_TEST_CASE(runs_where_and_with_what_it_is_told) {
  const auto result =
      run({{"sh", "-c", "echo $PWD $GREETING [$HOME]"}, {{"GREETING", "hello"}, {"HOME", ""}}, "/"},
          60s);
  BOOST_TEST(result.out == "/ hello []\n");
}

BOOST_AUTO_TEST_CASE(is_killed_with_its_children_at_the_deadline) {
  running_command one{{{"sh", "-c", "sleep 60 & sleep 60"}, {{"VDOC_MARK", "deadline"}}, {}}};
  BOOST_TEST(until(60s, [&] { return carrying("VDOC_MARK", "deadline").size() == 3; }));
  const auto result = one.wait(50ms);
  BOOST_TEST(result.timed_out);
  BOOST_TEST(!result.succeeded());
  BOOST_TEST(until(60s, [] { return carrying("VDOC_MARK", "deadline").empty(); }));
}

BOOST_AUTO_TEST_CASE(tells_the_signal_that_ended_it) {
  running_command one{{{"sleep", "60"}, {}, {}}};
  one.signal(SIGTERM);
  const auto result = one.wait(60s);
  BOOST_TEST(result.signal == SIGTERM);
  BOOST_TEST(result.exit_code == -1);
}

BOOST_AUTO_TEST_CASE(shows_its_children_while_it_runs) {
  // "sh -c ... media-host" has the word that names a media host among its arguments.
  running_command one{{{"sh", "-c", "sh -c 'sleep 60; :' media-host & sleep 60; :"}, {}, {}}};
  BOOST_TEST(until(60s, [&] { return descendants(one.pid()).size() == 3; }));
  const auto hosts = media_hosts(one.pid());
  BOOST_TEST(hosts.size() == 1U);
  BOOST_TEST(hosts.front().parent == one.pid());
  kill(hosts.front().pid, SIGSTOP);
  BOOST_TEST(until(60s, [&] { return media_hosts(one.pid()).front().state == 'T'; }));
  BOOST_TEST(resident_bytes_of_tree(one.pid()) > 1'000'000U);
  kill(hosts.front().pid, SIGKILL);
  BOOST_TEST(until(60s, [&] { return media_hosts(one.pid()).empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()
