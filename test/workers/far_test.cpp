#include "test/engine/engine_run.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/only_where.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/raw_wire.hpp"
#include "test/support/small_disk.hpp"
#include "test/support/tcp_relay.hpp"
#include "test/support/until.hpp"
#include "test/support/zmtp_words.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <random>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A leader, for workers that see an empty folder where the leader's is.
struct a_leader_that_lends : a_cluster {
  fs::path cache = folder / "cache";
  std::uint16_t files_port = free_port();

  a_leader_that_lends() {
    leader.environment["VIDEO_DOC_CLUSTER_BLOB_PORT"] = std::to_string(files_port);
    start_leader();
    BOOST_REQUIRE_MESSAGE(hears("the cluster's port is "), story());
  }
  void start_far_worker(const std::string& name) {
    words_before[name] = {"unshare",
                          "--mount",
                          "sh",
                          "-c",
                          "mount -t tmpfs none \"$0\" && exec \"$@\"",
                          leader.served().string()};
    start_worker(name, {{"VIDEO_DOC_CLUSTER_CACHE", cache.string()}});
  }
  /// Until its media host works, for the first time or once more.
  bool works(const std::string& name, std::size_t times = 1) {
    return hears("media host takes work  host=" + name + "/host-1 files=moved", times);
  }
  /// Files in the caches of a worker's hosts, beside their locks.
  [[nodiscard]] std::size_t cached(const std::string& name) const {
    std::size_t count = 0;
    std::error_code ignored;
    for (const auto& each : fs::recursive_directory_iterator{cache / name, ignored})
      count += each.is_regular_file(ignored) && each.path().filename() != "lock" ? 1 : 0;
    return count;
  }
};

struct workers_without_the_folder : a_leader_that_lends {
  workers_without_the_folder() {
    for (const std::string name : {"a", "b"})
      start_far_worker(name);
    for (const auto* name : {"a", "b"})
      BOOST_REQUIRE_MESSAGE(works(name), story());
  }
};

/// One, which reaches the leader at another address, by two wires that can be cut.
struct a_worker_beyond_relays : a_leader_that_lends {
  static constexpr const char* beyond = "127.0.0.2";
  tcp_relay orders{beyond, port, port};
  tcp_relay files{beyond, files_port, files_port};

  a_worker_beyond_relays() {
    joined = std::string{beyond} + ":" + std::to_string(port);
    start_far_worker("a");
    BOOST_REQUIRE_MESSAGE(works("a"), story());
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(media_hosts_without_the_folder, *only_where([] {
                        return std::string{small_disk::may_be() ? "" : "it needs root, and mounts"};
                      }))

BOOST_FIXTURE_TEST_CASE(work_for_a_job_and_give_the_same_bytes, workers_without_the_folder) {
  undisturbed();
  const auto id = submit_a_minute();
  ends_well(id);
  BOOST_TEST(tasks_of(id, "a") >= 5u);
  BOOST_TEST(tasks_of(id, "b") >= 5u);
  BOOST_TEST(report(id).at("mishaps").empty());
  BOOST_TEST(cached("a") > 0u);
  BOOST_TEST(said("does not share our folder") == 0u);
}

/// Whoever reaches the port of the data plane can say anything there; only hosts have keys.
BOOST_FIXTURE_TEST_CASE(get_their_files_while_strangers_attack_the_port,
                        workers_without_the_folder) {
  allow_many_wires();
  undisturbed();
  std::mt19937 chance{20261127};
  const auto whole =
      zmtp::greeting("CURVE") + zmtp::frame('\x04', "\x05HELLO" + noise(chance, 194));
  std::vector<raw_wire> half_open;
  for (int i = 0; i < 1'000; ++i) {
    half_open.emplace_back(files_port);
    if (i % 2 == 1)
      half_open.back().say(whole.substr(0, 1 + chance() % 64));
  }
  const auto id = submit_and_wait_for_work(); // beside these, and what follows
  for (int i = 0; i < 300; ++i)
    raw_wire{files_port}.say(noise(chance, 4'000));
  for (std::size_t length = 0; length <= whole.size(); ++length)
    raw_wire{files_port}.say(whole.substr(0, length));
  for (const char* mechanism : {"NULL", "PLAIN", "GSSAPI", "NONSENSE"})
    raw_wire{files_port}.say(zmtp::greeting(mechanism) + zmtp::ready_command() +
                             zmtp::frame('\0', "read"));
  for (const auto size : {1ULL << 20, 1ULL << 31, 1ULL << 62, ~0ULL}) {
    raw_wire{files_port}.say(zmtp::greeting("CURVE") + zmtp::huge_frame(size, '\x06'));
    raw_wire{files_port}.say(zmtp::greeting("NULL") + zmtp::huge_frame(size));
  }
  BOOST_TEST(until(60s, [&] {
    return std::ranges::all_of(half_open, [](const auto& one) { return one.is_ended(); });
  }));
  ends_well(id);
  BOOST_TEST(tasks_of(id, "a") + tasks_of(id, "b") >= 10u);
  BOOST_TEST(report(id).at("mishaps").empty());
  BOOST_TEST(said("media host is lost") == 0u, story());
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_one_is_killed_and_clean_up_after_it,
                        workers_without_the_folder) {
  const auto id = submit_and_wait_for_work();
  BOOST_REQUIRE(until(60s, [&] { return cached("a") > 0; }));
  worker("a").signal(SIGKILL);
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 60s), story());
  const auto left = cache / "a" / "host-1" / "700";
  fs::create_directories(left);
  start_far_worker("a");
  BOOST_TEST(hears("media host takes work  host=a/host-1 files=moved", 2, 60s), story());
  ends_well(id);
  BOOST_TEST(!fs::exists(left));
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_one_hangs_and_comes_back, workers_without_the_folder) {
  const auto id = submit_and_wait_for_work();
  worker("a").signal(SIGSTOP);
  ::kill(host_of("a"), SIGSTOP);
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 60s), story());
  worker("a").signal(SIGCONT); // and with it what it had made
  BOOST_TEST(hears("media host takes work  host=a/host-1", 2, 60s), story());
  ends_well(id);
}

/// They may open no sockets, so that they cannot mend it.
BOOST_FIXTURE_TEST_CASE(end_and_start_anew_when_the_way_to_the_files_alone_is_cut,
                        a_worker_beyond_relays) {
  BOOST_TEST(fewest_filters(host_of("a")) >= 2u);
  files.limit(2'000'000);
  const auto id = submit_a_minute();
  BOOST_REQUIRE(until(180s, [&] { return files.bytes_to_clients() > 100'000; }));
  const auto before = host_of("a");
  const auto calls = orders.connections();
  files.cut();
  BOOST_TEST(hears("media host is lost  host=a/host-1", 1, 10s), story());
  files.mend();
  files.limit(0);
  BOOST_REQUIRE_MESSAGE(works("a", 2), story());
  BOOST_TEST(host_of("a") != before);
  BOOST_TEST(orders.connections() > calls);
  BOOST_TEST(fewest_filters(host_of("a")) >= 2u);
  ends_well(id);
}

BOOST_FIXTURE_TEST_CASE(hear_what_is_said, workers_without_the_folder) {
  const nlohmann::json what{{"source", make(source_named("speech_at_known_times")).string()},
                            {"spec", {{"fresh", true}}}};
  const auto id = leader.submit(what);
  BOOST_REQUIRE_MESSAGE(leader.wait_for(id, "succeeded", 900s), story());
  BOOST_TEST_MESSAGE("tasks: " << report(id).at("hosts").dump());
  BOOST_TEST(tasks_of(id, "a") + tasks_of(id, "b") >= 1u);
  a_service alone;
  alone.start();
  const auto same = alone.submit(what);
  BOOST_REQUIRE(alone.wait_for(same, "succeeded", 900s));
  std::string wrong;
  for (const auto& one : differences(alone.served() / "jobs" / same, folder_of(id)))
    wrong += one + "\n";
  BOOST_TEST(wrong == "");
}

BOOST_AUTO_TEST_SUITE_END()
