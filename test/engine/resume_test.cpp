#include "test/engine/disturbed_run.hpp"
#include "test/engine/ledger_seen.hpp"
#include "test/support/package_seen.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <map>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

using written = std::map<std::string, std::filesystem::file_time_type>;
written times_of(const std::vector<std::filesystem::path>& files) {
  written out;
  for (const auto& file : files)
    out[file.string()] = std::filesystem::last_write_time(file);
  return out;
}

/// Kills the node and all of its media hosts at one go, as a power cut would.
void kill_tree(running_command& engine) {
  const auto hosts = hosts_of(engine.pid());
  engine.signal(SIGKILL);
  for (const auto& host : hosts)
    kill(host.pid, SIGKILL);
  engine.wait(60s);
}

/// The only job of a ledger.
job_in_ledger only_job_of(const std::filesystem::path& out) {
  const auto jobs = read_ledger(out);
  BOOST_REQUIRE(jobs.size() == 1U);
  BOOST_TEST(std::ranges::is_sorted(jobs[0].at_unix_ms));
  return jobs[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_run_that_succeeded)

BOOST_AUTO_TEST_CASE(is_in_the_ledger_with_its_attempt_and_events) {
  const disturbed_run like_it;
  const auto job = only_job_of(disturbed_run::undisturbed().parent_path());
  BOOST_TEST(job.source == like_it.source());
  BOOST_TEST(job.output == "mp4_a_minute");
  BOOST_TEST(nlohmann::json::parse(job.spec).at("segment_ms") == 2000);
  BOOST_TEST(job.state == "succeeded");
  BOOST_TEST(job.attempts == 1);
  BOOST_TEST(job.events == (texts{"submitted 0", "started 1", "succeeded 1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_run_that_was_killed, disturbed_run)

BOOST_AUTO_TEST_CASE(is_one_job_with_a_second_attempt_in_the_ledger) {
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_segments(engine, 6));
  kill_tree(engine);
  const auto killed = only_job_of(out());
  BOOST_TEST(killed.state == "running"); // nobody was left to say more
  BOOST_TEST(killed.attempts == 1);
  BOOST_TEST(killed.events == (texts{"submitted 0", "started 1"}),
             boost::test_tools::per_element());

  auto rest = request({"--resume"});
  rest.environment.emplace("VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "20");
  const auto result = run_engine(rest, out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto job = only_job_of(out());
  BOOST_TEST(job.state == "succeeded");
  BOOST_TEST(job.attempts == 2);
  BOOST_REQUIRE(job.events.size() >= 5U);
  const auto first = job.events.begin();
  BOOST_TEST((texts{first, first + 3}) == (texts{"submitted 0", "started 1", "resumed 2"}),
             boost::test_tools::per_element());
  BOOST_TEST(job.events.back() == "succeeded 2");
  // Between them what the host took along that crashed, among it the fragment.
  bool fragment = false;
  for (std::size_t n = 3; n + 1 < job.events.size(); ++n) {
    BOOST_TEST(job.events[n] == "host_lost 2");
    BOOST_TEST(job.causes[n].find("SIGSEGV") != std::string::npos, job.causes[n]);
    fragment = fragment || job.causes[n].starts_with("encode/20.");
  }
  BOOST_TEST(fragment);
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_was_and_does_only_what_is_missing) {
  undisturbed();
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_segments(engine, 12));
  kill_tree(engine);
  const auto kept = times_of(segments());
  BOOST_TEST(kept.size() < 60U); // 30 fragments in two sizes
  // Whatever a playlist names is whole: it can be read and played.
  for (const auto& one : read_package(folder()).video)
    BOOST_TEST(!one.track.segments.empty());

  const auto result = run_engine(request({"--resume"}), out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
  int again = 0;
  const auto now = times_of(segments());
  for (const auto& [file, time] : kept)
    again += now.at(file) != time ? 1 : 0;
  // What was renamed into place but not yet entered in the manifest may be made again.
  BOOST_TEST(again <= 4, again << " of " << kept.size() << " segments were made again");
  const auto job = this->job();
  BOOST_TEST(job.at("resumed") == true);
  BOOST_TEST(job.at("state") == "succeeded");
}

BOOST_AUTO_TEST_CASE(again_and_again_comes_to_its_end) {
  undisturbed();
  for (const std::size_t count : {1U, 7U, 20U, 38U}) {
    running_command engine{to_command(request({"--resume"}), out())};
    if (!wait_for_segments(engine, count))
      break;
    kill_tree(engine);
  }
  const auto result = run_engine(request({"--resume"}), out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(differences_to_undisturbed() == "");
}

BOOST_AUTO_TEST_CASE(leaves_no_media_host_behind_when_only_the_node_dies) {
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_segments(engine, 4));
  BOOST_REQUIRE(!hosts_of(engine.pid()).empty());
  engine.signal(SIGKILL);
  BOOST_TEST(until(60s, [&] { return hosts_of(engine.pid()).empty(); }));
}

BOOST_AUTO_TEST_CASE(that_had_finished_has_nothing_to_do_on_resume) {
  undisturbed();
  BOOST_REQUIRE(run_engine(request(), out(), 10min).succeeded());
  const auto kept = times_of(segments());
  const auto result = run_engine(request({"--resume"}), out(), 10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(only_job_of(out()).attempts == 2);
  BOOST_TEST((times_of(segments()) == kept));
  BOOST_TEST(differences_to_undisturbed() == "");
}

BOOST_AUTO_TEST_CASE(starts_afresh_without_resume) {
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_segments(engine, 4));
  kill_tree(engine);
  const auto kept = times_of(segments());
  running_command fresh{to_command(request(), out())};
  BOOST_TEST(until(90s, [&] {
    for (const auto& file : segments())
      if (kept.contains(file.string()) &&
          std::filesystem::last_write_time(file) != kept.at(file.string()))
        return true;
    return fresh.ended();
  }));
  BOOST_TEST(!fresh.ended());
  // The job that nobody goes on with has ended; this is another one.
  const auto jobs = read_ledger(out());
  BOOST_REQUIRE(jobs.size() == 2U);
  BOOST_TEST(jobs[0].state == "interrupted");
  BOOST_TEST(jobs[0].causes.back() == "its run was killed, and not gone on with");
  BOOST_TEST(jobs[1].state == "running");
}

BOOST_AUTO_TEST_SUITE_END()
