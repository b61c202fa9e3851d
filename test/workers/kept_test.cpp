#include "test/engine/engine_run.hpp"
#include "test/support/command.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/only_where.hpp"
#include "test/support/small_disk.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"
#include "test/workers/candidates.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <map>
#include <set>
#include <utility>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* finishes = "the leader is gone; what is in hand is finished for the next one";

/// Fragments of which each takes about a second.
const std::map<std::string, std::string>& ladder() {
  static const std::map<std::string, std::string> rungs{
      {"VIDEO_DOC_LADDER_RUNGS", "720:3000:6000,360:800:1600"}};
  return rungs;
}

json a_video() {
  static const temp_folder folder;
  static const auto made = [] {
    const auto file = folder / "video.mkv";
    run_or_throw({"ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                  "testsrc2=size=1280x720:rate=25:duration=32", "-c:v", "libx264", "-preset",
                  "ultrafast", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0",
                  file.string()});
    return file.string();
  }();
  return {{"source", made},
          {"spec",
           {{"captions", "off"},
            {"document", false},
            {"segment_ms", 2000},
            {"preset", "medium"},
            {"fresh", true}}}};
}

/// What that becomes on one node.
const fs::path& alone() {
  static a_service one;
  static const auto made = [] {
    for (const auto& [key, value] : ladder())
      one.environment[key] = value;
    one.start();
    const auto id = one.submit(a_video());
    if (!one.wait_for(id, "succeeded", 900s))
      throw std::runtime_error{"the job failed on one node: " + one.log()};
    one.stop();
    return one.served() / "jobs" / id;
  }();
  return made;
}

/// Two nodes that may lead, and a worker. Each has a media host.
struct a_leader_and_its_heir : candidates {
  a_leader_and_its_heir() : a_leader_and_its_heir{"shared"} {}
  /// How the worker comes to its files: "shared", or "moved".
  explicit a_leader_and_its_heir(const std::string& files) {
    alone();
    const auto at_b = local(free_port());
    prepare(leader, "leader", {"--listen", place()});
    prepare(b, "b", {"--listen", at_b});
    for (auto* each : {&leader, &b})
      for (const auto& [key, value] : ladder())
        each->environment[key] = value;
    also_joined = "," + at_b;
    leader.start();
    BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
    b.start();
    fs::create_directories(folder / "tmp");
    auto environment = ladder();
    environment["TMPDIR"] = (folder / "tmp").string();
    if (files == "moved")
      words_before["a"] = {"unshare",
                           "--mount",
                           "sh",
                           "-c",
                           "mount -t tmpfs none \"$0\" && exec \"$@\"",
                           leader.served().string()};
    start_worker("a", environment);
    for (const auto& host : {"a/host-1 files=" + files, std::string{"b/host-1 files=shared"}})
      BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=" + host), whole_story());
  }
  std::string submit_and_wait_for_work() {
    auto id = leader.submit(a_video());
    BOOST_REQUIRE_MESSAGE(until(180s, [&] { return segments_of(id) >= 2; }), whole_story());
    return id;
  }
  /// Once, with the bytes of one node.
  void ends_well(const std::string& id) {
    BOOST_REQUIRE_MESSAGE(b.wait_for(id, "succeeded", 900s), whole_story());
    BOOST_TEST(count_of(id, vdoc::ledger::event_kind::succeeded) == 1u);
    BOOST_TEST(report(id).at("warnings").empty());
    BOOST_TEST_MESSAGE("tasks: " << report(id).at("hosts").dump());
    for (const auto& one : differences(alone(), folder_of(id)))
      BOOST_ERROR(one);
  }
  [[nodiscard]] std::string of_worker() { return worker("a").err_so_far(); }
  /// The fragment that a host has been at for at least so long, "12"; empty: none.
  static std::string in_hand(a_service& who_leads, const std::string& host) {
    const auto seen = who_leads.ask("CLUSTER", {{"show", "hosts"}}, 500ms).value_or(json::object());
    for (const auto& one : seen.value("hosts", json::array()))
      if (one.value("name", "") == host)
        for (const auto& task : one.value("tasks", json::array()))
          if (const auto id = task.value("id", std::string{}); id.find("/encode/") != id.npos) {
            const auto number = id.substr(id.find("/encode/") + 8);
            return number.substr(0, number.find('.'));
          }
    return {};
  }
  /// Stops a media host as soon as it has begun to encode a fragment, whose number this is.
  std::string stop_when_it_begins(pid_t host, const std::string& name) {
    std::string number = in_hand(leader, name);
    const bool has_begun = until(90s, [&] {
      const auto now = in_hand(leader, name);
      if (now.empty() || now == std::exchange(number, now))
        return false;
      until(150ms, [] { return false; }); // the order has arrived
      ::kill(host, SIGSTOP);
      // What it had answered before that has arrived by now.
      if (!until(100ms, [&] { return in_hand(leader, name) != now; }))
        return true;
      ::kill(host, SIGCONT);
      return false;
    });
    BOOST_REQUIRE_MESSAGE(has_begun, whole_story());
    return number;
  }
  /// Kills the leader while both other hosts encode. What they have in hand: of the worker, of b.
  std::pair<std::string, std::string> kill_leader_while_all_encode() {
    const std::array hosts{host_of("a"), hosts_of(b.pid()).at(0).pid};
    const std::pair now{stop_when_it_begins(hosts[0], "a/host-1"),
                        stop_when_it_begins(hosts[1], "b/host-1")};
    leader.kill_node();
    for (const auto host : hosts)
      ::kill(host, SIGCONT);
    return now;
  }
  static std::size_t times(const std::string& in, const std::string& words) {
    std::size_t all = 0;
    for (auto at = in.find(words); at != std::string::npos; at = in.find(words, at + 1))
      ++all;
    return all;
  }
  /// What media hosts have in hand when their leader is killed.
  void is_encoded_once() {
    const auto id = submit_and_wait_for_work();
    const auto [of_a, of_b] = kill_leader_while_all_encode();
    BOOST_TEST_MESSAGE("in hand: a has fragment " << of_a << ", b " << of_b);
    BOOST_REQUIRE_MESSAGE(says(b, "this node leads"), whole_story());
    ends_well(id);

    for (const auto& [log, number] : {std::pair{of_worker(), of_a}, std::pair{b.log(), of_b}}) {
      const auto which = "fragment " + number + " of " + id;
      BOOST_TEST(times(log, finishes) == 1u, log);
      BOOST_TEST(times(log, "keeps " + which + " for who leads next") == 1u, log);
      BOOST_TEST(times(log, "hands in " + which + ", which was kept") == 1u, log);
      BOOST_TEST(times(log, "hands in ") == 1u, log);
    }
    // Nothing was begun twice under the next leader: those two were handed in, not made.
    const auto encoding = report(id).at("stages").at("transcode");
    BOOST_TEST(encoding.at("attempts") == encoding.at("tasks"));
    BOOST_TEST(count_of(id, vdoc::ledger::event_kind::host_lost) == 0u);
    BOOST_TEST(kept().empty());
  }
  /// What the worker has kept for nobody yet.
  [[nodiscard]] std::set<std::string> kept() const {
    std::set<std::string> keys;
    for (const auto& each : fs::directory_iterator{folder / "tmp"})
      if (const auto all = each.path() / "kept" / "encodes"; fs::exists(all))
        for (const auto& one : fs::directory_iterator{all})
          keys.insert(one.path().filename().string());
    return keys;
  }
  [[nodiscard]] static std::set<std::string> files_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& each : fs::recursive_directory_iterator{folder})
      if (each.is_regular_file())
        names.insert(each.path().lexically_relative(folder).string());
    return names;
  }
};

/// The worker has another disk.
struct on_another_disk : a_leader_and_its_heir {
  on_another_disk() : a_leader_and_its_heir{"moved"} {}
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_media_hosts_have_in_hand_when_their_leader_is_killed,
                         a_leader_and_its_heir)

BOOST_AUTO_TEST_CASE(is_finished_and_handed_in_to_the_next_leader_and_encoded_once) {
  is_encoded_once();
}

BOOST_AUTO_TEST_CASE(is_kept_for_a_while_when_its_job_is_cancelled_and_nothing_of_it_is_written) {
  const auto id = submit_and_wait_for_work();
  const auto host = host_of("a");
  BOOST_REQUIRE(host != 0);
  const auto of_a = kill_leader_while_all_encode().first;
  BOOST_REQUIRE_MESSAGE(until(60s, [&] { return times(of_worker(), finishes) == 1; }),
                        whole_story());
  ::kill(host, SIGSTOP); // it takes its time
  BOOST_REQUIRE_MESSAGE(says(b, "media host takes work  host=a/host-1"), whole_story());
  BOOST_TEST(hosts_of(worker("a").pid()).size() == 2u); // another one has taken its place
  BOOST_TEST(b.run_client({"cancel", id}).succeeded());
  BOOST_REQUIRE_MESSAGE(b.wait_for(id, "cancelled", 60s), whole_story());
  BOOST_TEST(until(60s, [&] { return in_hand(b, "a/host-1").empty(); }), whole_story());
  const auto before = files_in(folder_of(id));
  ::kill(host, SIGCONT);
  BOOST_TEST(until(60s, [&] { return times(of_worker(), "keeps fragment " + of_a) == 1; }),
             whole_story());
  BOOST_TEST(until(60s, [&] { return kept().size() == 1; }));
  BOOST_TEST(kept().begin()->size() == 64u);
  BOOST_TEST((files_in(folder_of(id)) == before));

  const auto next = b.submit(a_video()); // is none of its business
  ends_well(next);
  BOOST_TEST(tasks_of(next, "a") >= 3u);
  BOOST_TEST(times(of_worker(), "hands in ") == 0u);
  BOOST_TEST(kept().size() == 1u);
  worker("a").signal(SIGTERM);
  BOOST_TEST(worker("a").wait(90s).exit_code == 0);
  BOOST_TEST(fs::is_empty(folder / "tmp")); // gone with its node
}

BOOST_AUTO_TEST_CASE(is_finished_also_when_the_leader_hangs_and_their_node_sees_it_first) {
  const auto id = submit_and_wait_for_work();
  const auto host = hosts_of(b.pid()).at(0).pid;
  const auto which = "fragment " + stop_when_it_begins(host, "b/host-1") + " of " + id;
  leader.signal(SIGSTOP);
  // It has the lease: that the host works for another one is over, as that would see much later.
  BOOST_REQUIRE_MESSAGE(says(b, "waiting until the leader before this one is gone"), whole_story());
  ::kill(host, SIGCONT);
  BOOST_TEST(says(b, finishes, 3s), whole_story());
  BOOST_TEST(says(b, "keeps " + which), whole_story());
  BOOST_TEST(says(b, "hands in " + which), whole_story());
  leader.signal(SIGCONT);
  BOOST_TEST(hears("this node leads no more", 1, 60s), whole_story());
  ends_well(id);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_a_media_host_on_another_disk_has_in_hand, *only_where([] {
                        return std::string{small_disk::may_be() ? "" : "it needs root, and mounts"};
                      }))

BOOST_FIXTURE_TEST_CASE(is_handed_in_over_the_wire, on_another_disk) {
  is_encoded_once();
}

BOOST_AUTO_TEST_SUITE_END()
