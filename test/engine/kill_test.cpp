#include "test/engine/disturbed_run.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
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

/// Of a fragment, from the journal of a job that has not succeeded.
std::string fingerprint_of(const std::filesystem::path& folder, int index) {
  std::ifstream in{folder / ".work/manifest.jsonl"};
  for (std::string line; std::getline(in, line);) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (record.is_object() && record.value("is", "") == "fragment_cut" &&
        record.at("of").at("piece").at("index") == index)
      return record.at("of").at("piece").at("hash");
  }
  return "which is not in the journal";
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
    // A host at any moment of its life, while it starts, works, is idle; and by turns one that
    // works: it lives already when the next segment is made.
    std::vector<process_seen> alive;
    const bool any = until(60s, [&] {
      alive = hosts_of(engine.pid());
      std::erase_if(alive, [&](const auto& one) { return dead.contains(one.pid); });
      return !alive.empty() || engine.ended();
    });
    if (!any || alive.empty())
      break;
    const auto moment = std::chrono::milliseconds{chance() % 400};
    if (const auto before = segments().size(); kills % 2 == 1)
      until(60s, [&] { return segments().size() > before || engine.ended(); });
    else
      until(moment, [&] { return engine.ended(); });
    const auto victim = alive[chance() % alive.size()].pid;
    dead.insert(victim);
    if (!engine.ended() && kill(victim, SIGKILL) == 0)
      ++kills;
  }
  const auto result = engine.wait(10min);
  BOOST_TEST_INFO("seed " << seed << ", " << kills << " kills");
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(kills == kills_wanted, "the run was over after " << kills << " kills");
  const auto job = this->job();
  BOOST_TEST_INFO(job.at("warnings").dump(1));
  BOOST_TEST(differences_to_undisturbed() == "");
  BOOST_TEST(job.at("state") == "succeeded");
  // At most one fragment is lost with each kill. Each that was lost shows that a kill has hit a
  // host with a task; a kill of a host that had none is no restart of the job's.
  const auto hit = repeated_transcodes(job);
  const auto restarts = job.at("restarts").get<long>();
  BOOST_TEST_MESSAGE(kills << " kills, " << hit << " fragments lost, " << restarts << " restarts");
  BOOST_TEST(hit > 0);
  BOOST_TEST(hit <= kills);
  BOOST_TEST(restarts >= hit);
  BOOST_TEST(restarts <= kills);
  // Whatever was lost with them is told, with its cause, which is nobody's fault here.
  long fragments = 0;
  for (const auto& one : job.at("mishaps")) {
    BOOST_TEST(one.at("reason") == "SIGKILL from outside");
    fragments += one.at("task").get<std::string>().starts_with("encode/") ? 1 : 0;
  }
  BOOST_TEST(fragments == hit);
  BOOST_TEST(until(60s, [&] { return hosts_of(engine.pid()).empty(); }));
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
  // Where in the video, what it was, and what it did: fragment 3 of 2 s begins at 6 s.
  const auto print = fingerprint_of(folder(), 3);
  const auto place = "fragment 3 at 6.0 s (fingerprint " + print + ")";
  const auto message = job.at("error").at("message").get<std::string>();
  BOOST_TEST(message.starts_with(place), message);
  BOOST_TEST(message.find("SIGSEGV") != std::string::npos, message);
  BOOST_TEST(job.at("error").at("advice").get<std::string>().find("--skip-poison") !=
             std::string::npos);
  // The same in the one line for people.
  BOOST_TEST(result.err.find("mp4_a_minute: failed: " + place) != std::string::npos, result.err);
  for (const auto& one : job.at("mishaps"))
    BOOST_TEST(one.at("reason") == "SIGSEGV");
}

BOOST_AUTO_TEST_CASE(is_bridged_when_that_is_asked_for) {
  const auto result = run_engine(
      with_environment(request({"--skip-poison"}), {{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"},
                                                    {"VIDEO_DOC_FAULTS_TIMES", "99"}}),
      out());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto job = this->job();
  BOOST_TEST(job.at("fragments").at("bridged") == 1);
  BOOST_REQUIRE(job.at("warnings").size() == 1U);
  const auto warning = job.at("warnings").at(0).get<std::string>();
  BOOST_TEST(warning.starts_with("fragment 3 at 6.0 s (fingerprint "), warning);
  BOOST_TEST(warning.find(") was bridged with black: ") != std::string::npos, warning);
  BOOST_TEST(warning.find("SIGSEGV") != std::string::npos, warning);
  // Everything else is as it would have been.
  for (const auto& one : differences(undisturbed(), folder()))
    BOOST_TEST((one.find("00003.m4s") != std::string::npos ||
                one.find(".m3u8") != std::string::npos ||
                one.find("video.mp4") != std::string::npos),
               one);
}

BOOST_AUTO_TEST_SUITE_END()
