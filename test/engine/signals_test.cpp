#include "test/engine/disturbed_run.hpp"
#include "test/engine/ledger_seen.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
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
    const auto rest = run_engine(request({"--resume"}), out(), 10min);
    BOOST_REQUIRE_MESSAGE(rest.succeeded(), rest.story());
    BOOST_TEST(differences_to_undisturbed() == "");
  }
};

std::int64_t unix_ms_of(const std::filesystem::path& file) {
  const auto when =
      std::chrono::file_clock::to_sys(std::filesystem::last_write_time(file)).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(when).count();
}

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
  BOOST_TEST(engine.wait(20s).exit_code == 130);
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
  const bool noticed = until(60s, [&] {
    for (const auto& one : hosts_of(engine.pid()))
      if (one.pid == victim)
        return false;
    return true;
  });
  BOOST_TEST(noticed);
  const auto result = engine.wait(10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job().at("restarts").get<int>() >= 1);
}

BOOST_AUTO_TEST_CASE(at_a_fragment_loses_only_that) {
  undisturbed();
  auto hanging = request();
  hanging.environment.emplace("VIDEO_DOC_FAULTS_HANG_AT_FRAGMENT", "3");
  const auto result = run_engine(hanging, out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job().at("restarts").get<int>() >= 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_pipeline_that_stands_still, disturbed_run)

BOOST_AUTO_TEST_CASE(is_torn_down_after_ten_seconds_and_costs_only_its_fragment) {
  undisturbed();
  const auto marker = out() / "stalled";
  auto stalling = request();
  stalling.environment.emplace("LD_PRELOAD", VDOC_STALLING_ENCODER);
  stalling.environment.emplace("VDOC_FRONT_AT", "230"); // in the third fragment of a host or so
  stalling.environment.emplace("VDOC_FRONT_ONCE", marker.string());
  const auto result = run_engine(stalling, out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_REQUIRE(std::filesystem::file_size(marker) > 0);
  BOOST_TEST(differences_to_undisturbed() == "");

  std::vector<std::string> stalled;
  const auto job = this->job();
  for (const auto& one : job.at("mishaps"))
    if (one.at("reason") == "no progress for 10 s while transcoding")
      stalled.push_back(one.at("task"));
  BOOST_REQUIRE(stalled.size() == 1U);
  BOOST_TEST(stalled[0].starts_with("encode/"));
  // Once more, and maybe what its host had begun by the time it ended: a thread that hangs is not
  // waited for, and not kept. The first fragment is encoded in two parts.
  const auto needed = job.at("fragments").at("count").get<int>() + 1;
  const auto again = job.at("stages").at("transcode").at("attempts").get<int>() - needed;
  BOOST_TEST(again >= 1);
  BOOST_TEST(again <= 2);
  const auto told = read_ledger(out()).at(0);
  const auto line = stalled[0] + ": no progress for 10 s while transcoding";
  const auto at = std::ranges::find(told.causes, line);
  BOOST_REQUIRE((at != told.causes.end()));
  const auto after_ms =
      told.at_unix_ms[static_cast<std::size_t>(at - told.causes.begin())] - unix_ms_of(marker);
  BOOST_TEST(after_ms >= 9'500);
  BOOST_TEST(after_ms <= 20'000);
}

BOOST_AUTO_TEST_SUITE_END()
