#include "test/engine/disturbed_run.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

struct an_interrupted_run : disturbed_run {
  void ends_in_time_and_resumes(int number) {
    undisturbed();
    running_command engine{to_command(request(), out())};
    BOOST_REQUIRE(wait_for_segments(engine, 6));
    const auto when = std::chrono::steady_clock::now();
    engine.signal(number);
    const auto result = engine.wait(20s);
    const auto took = std::chrono::steady_clock::now() - when;
    BOOST_TEST(result.exit_code == 130, result.story());
    BOOST_TEST((took < 5s));
    BOOST_TEST(hosts_of(engine.pid()).empty());
    BOOST_TEST(job().at("state") == "interrupted");
    const auto rest = run_engine(request({"--resume"}), out(), 3min);
    BOOST_REQUIRE_MESSAGE(rest.succeeded(), rest.story());
    BOOST_TEST(differences_to_undisturbed() == "");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_run, an_interrupted_run)

BOOST_AUTO_TEST_CASE(that_is_interrupted_leaves_what_can_be_resumed) {
  ends_in_time_and_resumes(SIGINT);
}

BOOST_AUTO_TEST_CASE(that_is_terminated_leaves_what_can_be_resumed) {
  ends_in_time_and_resumes(SIGTERM);
}

BOOST_AUTO_TEST_CASE(that_is_interrupted_before_it_has_begun_ends_in_time) {
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_hosts(engine.pid(), 1));
  engine.signal(SIGINT);
  BOOST_TEST(engine.wait(5s).exit_code == 130);
  BOOST_TEST(hosts_of(engine.pid()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_media_host_that_hangs, disturbed_run)

BOOST_AUTO_TEST_CASE(is_noticed_within_ten_seconds_and_replaced) {
  undisturbed();
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_segments(engine, 4));
  const auto hosts = hosts_of(engine.pid());
  BOOST_REQUIRE(!hosts.empty());
  const auto victim = hosts.front().pid;
  BOOST_REQUIRE(kill(victim, SIGSTOP) == 0);
  // Noticed means ended by the node: a stopped process does not end by itself.
  const bool noticed = until(12s, [&] {
    for (const auto& one : hosts_of(engine.pid()))
      if (one.pid == victim)
        return false;
    return true;
  });
  BOOST_TEST(noticed);
  const auto result = engine.wait(3min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job().at("restarts").get<int>() >= 1);
}

BOOST_AUTO_TEST_CASE(in_its_pipeline_loses_only_that_fragment) {
  undisturbed();
  auto hanging = request();
  hanging.environment.emplace("VIDEO_DOC_FAULTS_HANG_AT_FRAGMENT", "3");
  const auto result = run_engine(hanging, out(), 3min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job().at("restarts").get<int>() >= 1);
}

BOOST_AUTO_TEST_SUITE_END()
