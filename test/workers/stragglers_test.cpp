#include "test/support/only_where.hpp"
#include "test/support/small_disk.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <thread>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// A process that runs 4 ms of every 504, as on a machine that has far too much to do: it answers,
/// so it does not hang, but what it does takes more than a hundred times as long.
class slowed {
public:
  explicit slowed(pid_t which) : which_{which} {
    stutter_ = std::thread{[this] {
      while (!over_) {
        ::kill(which_, SIGSTOP);
        until(500ms, [this] { return over_.load(); });
        ::kill(which_, SIGCONT);
        until(4ms, [] { return false; });
      }
    }};
  }
  ~slowed() {
    over_ = true;
    stutter_.join();
    ::kill(which_, SIGCONT);
  }

private:
  pid_t which_;
  std::atomic<bool> over_{false};
  std::thread stutter_;
};

/// A leader and a worker that does not share its folder, so that it gets nothing but fragments.
struct a_cluster_with_a_slow_node : a_cluster {
  std::string id;

  /// Until both nodes work on a job.
  void begins(bool with_twins) {
    leader.environment["VIDEO_DOC_CLUSTER_TWINS"] = with_twins ? "true" : "false";
    start_leader();
    BOOST_REQUIRE_MESSAGE(hears("the cluster's port is "), story());
    words_before["slow"] = {"unshare",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs none \"$0\" && exec \"$@\"",
                            leader.served().string()};
    start_worker("slow", {{"VIDEO_DOC_CLUSTER_CACHE", (folder / "cache").string()}});
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=slow/host-1 files=moved"), story());
    id = submit_a_minute();
    BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 8; }), story());
  }
  /// A job during which the worker becomes slow. What its report says.
  nlohmann::json does_a_job(bool with_twins) {
    undisturbed();
    begins(with_twins);
    const slowed it{host_of("slow")};
    ends_well(id); // with the bytes of one node that works alone
    auto told = report(id);
    BOOST_TEST(told.at("restarts") == 0);
    BOOST_TEST(told.at("mishaps").empty());
    BOOST_TEST(said("quarantined") == 0u);
    BOOST_TEST(said("media host is lost") == 0u, story());
    BOOST_TEST_MESSAGE("twins " << told.at("twins").dump() << ", " << told.at("wall_s") << " s");
    return told;
  }
  /// What the worker has been told to leave off.
  std::size_t cancelled() {
    const auto log = worker("slow").err_so_far();
    std::size_t times = 0;
    for (auto at = log.find("cancelled: "); at != std::string::npos;
         at = log.find("cancelled: ", at + 1))
      ++times;
    return times;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_fragment_on_a_slow_node, *only_where([] {
                        return std::string{small_disk::may_be() ? "" : "it needs root, and mounts"};
                      }))

BOOST_AUTO_TEST_CASE(is_done_elsewhere_too_and_the_first_result_ends_the_other) {
  double alone_s = 0;
  {
    a_cluster_with_a_slow_node plain;
    const auto told = plain.does_a_job(false);
    alone_s = told.at("wall_s");
    BOOST_TEST(told.at("twins").at("started") == 0);
    BOOST_TEST(plain.cancelled() == 0u);
  }
  a_cluster_with_a_slow_node with_twins;
  const auto told = with_twins.does_a_job(true);
  // One for each fragment that was late; that was usually the last one of the slow node alone.
  const auto started = told.at("twins").at("started").get<std::size_t>();
  BOOST_TEST(started >= 1u);
  BOOST_TEST(told.at("twins").at("won") >= 1);
  const auto& transcode = told.at("stages").at("transcode");
  BOOST_TEST(transcode.at("attempts").get<std::size_t>() ==
             transcode.at("tasks").get<std::size_t>() + started);
  BOOST_TEST(until(60s, [&] { return with_twins.cancelled() == started; }), with_twins.story());
  BOOST_TEST(told.at("wall_s") < alone_s);
  // Nothing is left of it that the next job would feel.
  const auto next = with_twins.submit_a_minute();
  with_twins.ends_well(next);
  BOOST_TEST(with_twins.tasks_of(next, "slow") >= 5u);
}

BOOST_FIXTURE_TEST_CASE(is_left_off_when_its_job_is_cancelled, a_cluster_with_a_slow_node) {
  begins(false); // nothing else has it leave off
  {
    const slowed it{host_of("slow")};
    // Long enough to have a fragment in hand, and far too short to finish it.
    BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 12; }), story());
    BOOST_TEST(leader.run_client({"cancel", id}).succeeded());
    BOOST_TEST(leader.wait_for(id, "cancelled", 60s), story());
    BOOST_TEST(cancelled() <= 1u);
  }
  BOOST_TEST(until(60s, [&] { return cancelled() == 1; }), story());
  BOOST_TEST(said("media host is lost") == 0u, story());
}

BOOST_AUTO_TEST_SUITE_END()
