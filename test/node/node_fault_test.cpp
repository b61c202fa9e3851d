#include "actors/hosts/spawn.hpp"
#include "actors/node/node.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using test::until;

/// A zombie has no command line any more.
bool runs(std::int32_t pid) {
  std::ifstream words{"/proc/" + std::to_string(pid) + "/cmdline"};
  return words.peek() != std::ifstream::traits_type::eof();
}

std::string command_line(std::int32_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/cmdline"};
  std::ostringstream words;
  words << file.rdbuf();
  auto text = words.str();
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// A node with real media host processes, and a job that asks for one slot.
struct a_node {
  test::temp_folder folder;
  std::mutex mutex;
  std::string failure;
  std::string heard; ///< by the job
  std::optional<node::node> node;
  dispatch::client job;
  std::function<caf::actor(caf::actor_system&, const node::services&)> start_work;

  ~a_node() {
    if (job)
      caf::anon_send_exit(job, caf::exit_reason::kill);
    job = nullptr;
    node.reset();
  }

  void start(std::uint16_t hosts, const std::string& stage = "",
             const std::string& executable = VDOC_TEST_HOST) {
    node::node_settings settings;
    settings.database = folder / "video-doc.db";
    settings.executable = executable;
    settings.hosts = hosts;
    settings.host_environment = {"VDOC_TEST_STAGE=" + stage};
    settings.start_work = start_work;
    node.emplace(settings, [this](const fault& why) {
      const std::lock_guard lock{mutex};
      failure = why.what;
    });
  }
  hosts::host_report host(std::size_t which = 0) {
    const auto all = node->census().hosts;
    return which < all.size() ? all[which] : hosts::host_report{};
  }
  bool up(std::size_t which = 0) { return host(which).phase == hosts::host_phase::up; }
  void start_and_wait(std::uint16_t hosts, const std::string& stage = "") {
    start(hosts, stage);
    for (std::size_t i = 0; i < hosts; ++i)
      BOOST_REQUIRE(until(60s, [&] { return up(i); }));
  }
  /// Whether another process than `pid` is up before the time is over.
  bool replaced(std::int32_t pid, std::chrono::milliseconds span) {
    return until(span, [&] {
      const auto now = host();
      return now.phase == hosts::host_phase::up && now.pid != pid;
    });
  }
  std::string hears() {
    const std::lock_guard lock{mutex};
    return heard;
  }
  void hold_a_slot() {
    job = node->system().spawn([this](dispatch::client::pointer) {
      return dispatch::client::behavior_type{[this](const dispatch::granted& it) {
                                               const std::lock_guard lock{mutex};
                                               heard = it.host_id;
                                             },
                                             [this](const dispatch::revoked& it) {
                                               const std::lock_guard lock{mutex};
                                               heard =
                                                   to_string(it.loss.how) + ": " + it.loss.cause;
                                             }};
    });
    dispatch::want_slot wish;
    wish.task_id = "task";
    wish.job_id = "job";
    wish.asker = job;
    caf::anon_send(node->find_services().dispatch, wish);
    BOOST_REQUIRE(until(60s, [&] { return hears().starts_with("host-"); }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_with_real_hosts, a_node)

BOOST_AUTO_TEST_CASE(has_its_hosts_up_and_their_slots_at_hand) {
  start_and_wait(2);
  BOOST_TEST(host(0).pid != host(1).pid);
  BOOST_TEST(host(0).restarts == 0u);
  BOOST_TEST(host(0).peak_rss_bytes > 1'000'000u);
  hold_a_slot();
  const auto shown = to_string(node->tree());
  BOOST_TEST(shown == "node (one_for_one), up, restarts 0\n"
                      "  ledger, up, restarts 0\n"
                      "  engine (all_for_one), up, restarts 0\n"
                      "    dispatch, up, restarts 0\n"
                      "    hosts, up, restarts 0\n");
}

constexpr auto soon = 2s;

BOOST_AUTO_TEST_CASE(replaces_a_killed_host_within_two_seconds) {
  start_and_wait(1);
  hold_a_slot();
  const auto pid = host().pid;
  ::kill(pid, SIGKILL);
  BOOST_TEST(replaced(pid, soon));
  BOOST_TEST(hears() == "killed: SIGKILL from outside");
  BOOST_TEST(host().restarts == 1u);
  BOOST_TEST(host().last_cause == "SIGKILL from outside");
}

BOOST_AUTO_TEST_CASE(blames_the_work_for_a_crash_by_name) {
  start_and_wait(1);
  hold_a_slot();
  const auto pid = host().pid;
  ::kill(pid, SIGSEGV);
  BOOST_TEST(replaced(pid, soon));
  BOOST_TEST(hears() == "crashed: SIGSEGV");
}

BOOST_AUTO_TEST_CASE(notices_and_replaces_a_stopped_host_within_ten_seconds) {
  start_and_wait(1);
  hold_a_slot();
  const auto pid = host().pid;
  ::kill(pid, SIGSTOP);
  BOOST_TEST(replaced(pid, 10s));
  BOOST_TEST(hears().starts_with("hung: "));
  BOOST_TEST(until(5s, [&] { return !runs(pid); }));
}

BOOST_AUTO_TEST_CASE(replaces_a_host_that_is_killed_again_and_again) {
  start_and_wait(1);
  for (int i = 0; i < 8; ++i) {
    const auto pid = host().pid;
    ::kill(pid, SIGKILL);
    BOOST_REQUIRE(replaced(pid, soon));
  }
  BOOST_TEST(host().restarts == 8u);
}

BOOST_AUTO_TEST_CASE(keeps_the_others_when_one_is_killed) {
  start_and_wait(3);
  const auto second = host(1).pid;
  const auto third = host(2).pid;
  for (int i = 0; i < 8; ++i) {
    const auto pid = host().pid;
    ::kill(pid, SIGKILL);
    BOOST_REQUIRE(replaced(pid, soon));
  }
  BOOST_TEST(host(1).pid == second);
  BOOST_TEST(host(2).pid == third);
  BOOST_TEST(host(1).restarts == 0u);
  BOOST_TEST(host(2).last_cause == "");
}

BOOST_AUTO_TEST_CASE(starts_a_fresh_host_when_a_stage_fails_and_says_which) {
  start_and_wait(1, "throws");
  BOOST_TEST(until(60s, [&] { return host().restarts >= 1; }));
  BOOST_TEST(host().last_cause == "TEST: boom");
}

BOOST_AUTO_TEST_CASE(replaces_a_host_that_has_left_a_pipeline_behind) {
  start_and_wait(1, "is unwell");
  const auto pid = host().pid;
  BOOST_TEST(replaced(pid, 60s));
  BOOST_TEST(host().last_cause == "a pipeline did not stop");
}

BOOST_AUTO_TEST_CASE(leaves_a_host_alone_whose_pipeline_stopped_after_all) {
  start_and_wait(1, "is better soon");
  const auto pid = host().pid;
  BOOST_TEST(!replaced(pid, 5s));
}

BOOST_AUTO_TEST_CASE(starts_its_engine_anew_when_an_actor_of_it_crashes) {
  start_and_wait(1);
  const auto pid = host().pid;
  caf::anon_send_exit(node->find_services().dispatch, caf::exit_reason::kill);
  BOOST_TEST(replaced(pid, 60s));
  BOOST_TEST(!runs(pid));
  BOOST_TEST(to_string(node->tree()) == "node (one_for_one), up, restarts 0\n"
                                        "  ledger, up, restarts 0\n"
                                        "  engine (all_for_one), up, restarts 0\n"
                                        "    dispatch, up, restarts 1, last: killed\n"
                                        "    hosts, up, restarts 1\n");
  hold_a_slot();
}

BOOST_AUTO_TEST_CASE(starts_work_anew_with_the_new_handles_when_the_engine_restarts) {
  std::vector<node::services> seen;
  start_work = [&](caf::actor_system& where, const node::services& found) {
    const std::lock_guard lock{mutex};
    seen.push_back(found);
    return where.spawn([](caf::event_based_actor*) { return caf::behavior{[](int) {}}; });
  };
  start_and_wait(1);
  caf::anon_send_exit(node->find_services().dispatch, caf::exit_reason::kill);
  BOOST_REQUIRE(until(60s, [&] {
    const std::lock_guard lock{mutex};
    return seen.size() == 2;
  }));
  const auto now = node->find_services();
  BOOST_TEST((seen[0].dispatch != now.dispatch));
  BOOST_TEST((seen[1].dispatch == now.dispatch));
  BOOST_TEST((seen[1].hosts == now.hosts));
  BOOST_TEST((seen[1].ledger == now.ledger));
  seen.clear();
}

BOOST_AUTO_TEST_CASE(takes_its_processes_along_when_hosts_itself_crashes) {
  start_and_wait(1);
  const auto pid = host().pid;
  caf::anon_send_exit(node->find_services().hosts, caf::exit_reason::kill);
  BOOST_TEST(replaced(pid, 60s));
  BOOST_TEST(!runs(pid));
}

BOOST_AUTO_TEST_CASE(says_why_when_hosts_cannot_start) {
  start(2, "stillborn");
  BOOST_TEST(until(90s, [&] {
    const std::lock_guard lock{mutex};
    return !failure.empty();
  }));
  BOOST_TEST(failure.find("media hosts cannot start") != std::string::npos);
  BOOST_TEST(failure.find("no camera today") != std::string::npos);
  BOOST_TEST(node->census().trouble == failure);
}

BOOST_AUTO_TEST_CASE(says_why_when_the_program_is_not_there) {
  start(1, "", "/nowhere/video-doc");
  BOOST_TEST(until(90s, [&] {
    const std::lock_guard lock{mutex};
    return !failure.empty();
  }));
  BOOST_TEST(failure.find("No such file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_its_hosts_through_an_interrupt_from_the_keyboard) {
  start_and_wait(1);
  const auto pid = host().pid;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::kill(pid, signal);
  hold_a_slot();
  BOOST_TEST(runs(pid));
  BOOST_TEST(host().pid == pid);
}

BOOST_AUTO_TEST_CASE(takes_no_harm_from_junk_at_its_port) {
  start_and_wait(1);
  const auto pid = host().pid;
  const auto words = command_line(pid);
  const auto at = words.find("127.0.0.1:");
  BOOST_REQUIRE(at != std::string::npos);
  sockaddr_in door{};
  door.sin_family = AF_INET;
  door.sin_port = htons(static_cast<std::uint16_t>(std::stoi(words.substr(at + 10))));
  door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 100; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&door), sizeof door) == 0);
    // The plain handshake that kills CAF when TLS is missing, and other bytes.
    std::string junk(32 + 13 * static_cast<std::size_t>(i), static_cast<char>(i));
    if (i % 2 == 0)
      junk.replace(0, 4, std::string{"\0\0\0\1", 4});
    BOOST_TEST(::send(fd, junk.data(), junk.size(), MSG_NOSIGNAL) > 0);
    ::close(fd);
  }
  BOOST_TEST(host().pid == pid);
  ::kill(pid, SIGKILL); // and a good host still gets in
  BOOST_TEST(replaced(pid, 60s));
}

BOOST_AUTO_TEST_CASE(drains_a_host_once_its_work_is_done) {
  start_and_wait(2);
  hold_a_slot();
  const auto at_work = hears(); // the one that was up first
  const std::size_t its = at_work == "host-1" ? 0 : 1;
  const auto pid = host(its).pid;
  auto services = node->find_services();
  caf::anon_send(services.hosts, hosts::drain{at_work});
  BOOST_TEST(until(60s, [&] { return host(its).phase == hosts::host_phase::draining; }));
  BOOST_TEST(runs(pid));
  caf::anon_send(services.dispatch, dispatch::slot_free{"task"});
  BOOST_TEST(until(60s, [&] { return host(its).phase == hosts::host_phase::ended; }));
  BOOST_TEST(!runs(pid));
  BOOST_TEST(hears() == at_work); // nothing was taken away
  BOOST_TEST(up(1 - its));
}

BOOST_AUTO_TEST_CASE(stops_in_good_order_and_leaves_nothing_behind) {
  start_and_wait(2);
  const auto first = host(0).pid;
  const auto second = host(1).pid;
  const auto words = command_line(first);
  const auto at = words.find("--tls ") + 6;
  const auto tls = words.substr(at, words.find(' ', at) - at);
  BOOST_TEST((std::filesystem::status(tls).permissions() == std::filesystem::perms::owner_all));
  const auto begin = std::chrono::steady_clock::now();
  node->stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 4s));
  BOOST_TEST(!runs(first));
  BOOST_TEST(!runs(second));
  BOOST_TEST(!std::filesystem::exists(tls));
  BOOST_TEST(failure == "");
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_a_host_that_hangs_when_it_stops) {
  start_and_wait(1);
  const auto pid = host().pid;
  ::kill(pid, SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  node->stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 4s));
  BOOST_TEST(!runs(pid));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_killed_node)

BOOST_AUTO_TEST_CASE(takes_its_hosts_along_within_two_seconds) {
  const test::temp_folder folder;
  std::mutex mutex;
  std::vector<std::int32_t> pids;
  hosts::launch_order order;
  order.executable = VDOC_TEST_HOST;
  order.words = {"node", folder / "video-doc.db", VDOC_TEST_HOST};
  order.on_line = [&](const std::string& line) {
    std::istringstream words{line};
    std::string up;
    std::vector<std::int32_t> seen;
    words >> up;
    for (std::int32_t pid = 0; words >> pid;)
      seen.push_back(pid);
    const std::lock_guard lock{mutex};
    if (seen.size() == 2)
      pids = seen;
  };
  std::atomic<bool> ended{false};
  order.on_exit = [&](const hosts::child_exit&) { ended = true; };
  const auto node = hosts::launch(order);
  BOOST_REQUIRE(until(60s, [&] {
    const std::lock_guard lock{mutex};
    return pids.size() == 2;
  }));
  node->kill();
  BOOST_TEST(until(4s, [&] { return ended && !runs(pids[0]) && !runs(pids[1]); }));
}

BOOST_AUTO_TEST_SUITE_END()
