#include "test/engine/disturbed_run.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <random>
#include <set>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

job_request with_environment(job_request request, const std::map<std::string, std::string>& more) {
  request.environment.insert(more.begin(), more.end());
  return request;
}

/// Fragments that were given out more than once, by job.json.
long repeated_transcodes(const nlohmann::json& job) {
  const auto& stage = job.at("stages").at("transcode");
  return stage.at("attempts").get<long>() - stage.at("tasks").get<long>();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_run_whose_media_hosts_are_killed, disturbed_run)

BOOST_AUTO_TEST_CASE(twenty_times_gives_the_same_bytes_and_tells_of_it) {
  undisturbed();
  constexpr int kills_wanted = 20;
  constexpr std::uint32_t seed = 20'240'517;
  std::mt19937 chance{seed};
  running_command engine{to_command(request(), out())};
  int kills = 0;
  std::set<pid_t> dead;
  while (kills < kills_wanted && !engine.ended()) {
    std::vector<process_seen> alive;
    const bool any = until(20s, [&] {
      alive = hosts_of(engine.pid());
      std::erase_if(alive, [&](const auto& one) { return dead.contains(one.pid); });
      return !alive.empty() || engine.ended();
    });
    if (!any || alive.empty())
      break;
    // A host at any moment of its life: while it starts, while it works, while it is idle.
    const auto moment = std::chrono::milliseconds{chance() % 400};
    until(moment, [&] { return engine.ended(); });
    const auto victim = alive[chance() % alive.size()].pid;
    dead.insert(victim);
    if (!engine.ended() && kill(victim, SIGKILL) == 0)
      ++kills;
  }
  const auto result = engine.wait(3min);
  BOOST_TEST_INFO("seed " << seed << ", " << kills << " kills");
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(kills == kills_wanted, "the run was over after " << kills << " kills");
  const auto job = this->job();
  BOOST_TEST_INFO(job.at("warnings").dump(1));
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job.at("state") == "succeeded");
  BOOST_TEST(job.at("restarts").get<int>() > 0);
  // At most one fragment is lost with each kill.
  BOOST_TEST(repeated_transcodes(job) <= kills);
  BOOST_TEST(until(5s, [&] { return hosts_of(engine.pid()).empty(); }));
}

BOOST_AUTO_TEST_CASE(by_a_crash_of_their_own_goes_on_elsewhere) {
  const auto result =
      run_engine(with_environment(request(), {{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"}}), out());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job().at("restarts") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_fragment_that_kills_every_host, disturbed_run)

BOOST_AUTO_TEST_CASE(fails_the_job_and_is_named) {
  const auto result =
      run_engine(with_environment(request(), {{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"},
                                              {"VIDEO_DOC_FAULTS_TIMES", "99"}}),
                 out());
  BOOST_TEST(result.exit_code == 1, result.story());
  const auto job = this->job();
  BOOST_TEST(job.at("state") == "failed");
  BOOST_TEST(job.at("restarts") == 3);
  const auto error = job.at("error").dump();
  // Where in the video, and what it was: fragment 3 of 2 s begins at 6 s.
  BOOST_TEST(error.find("3") != std::string::npos, error);
  BOOST_TEST(error.find("6") != std::string::npos, error);
  BOOST_TEST_MESSAGE(error);
}

BOOST_AUTO_TEST_CASE(is_bridged_when_that_is_asked_for) {
  const auto result = run_engine(
      with_environment(request({"--skip-poison"}), {{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"},
                                                    {"VIDEO_DOC_FAULTS_TIMES", "99"}}),
      out());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto job = this->job();
  BOOST_TEST(job.at("fragments").at("bridged") == 1);
  BOOST_TEST(!job.at("warnings").empty());
  // Everything else is as it would have been.
  for (const auto& one : differences(undisturbed(), folder()))
    BOOST_TEST((one.find("00003.m4s") != std::string::npos ||
                one.find(".m3u8") != std::string::npos ||
                one.find("video.mp4") != std::string::npos),
               one);
}

BOOST_AUTO_TEST_SUITE_END()
