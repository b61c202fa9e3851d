#include "cluster/ledger/open_store.hpp"
#include "test/engine/engine_run.hpp"
#include "test/network/machines.hpp"
#include "test/support/only_where.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

std::int64_t ms_since(steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun).count();
}

void pause(std::chrono::milliseconds span) {
  until(span, [] { return false; });
}

/// How long things took, by what had happened.
class table {
public:
  void add(const std::string& what, std::int64_t ms) { all_[what].push_back(ms); }
  void print() {
    std::printf("%-46s %3s %7s %7s %7s\n", "ms", "n", "p50", "p99", "max");
    for (auto& each : all_) {
      const auto& what = each.first;
      auto& times = each.second;
      std::ranges::sort(times);
      const auto at = [&](double part) {
        const auto index = static_cast<std::size_t>(part * static_cast<double>(times.size()));
        return static_cast<long long>(times[std::min(index, times.size() - 1)]);
      };
      std::printf("%-46s %3zu %7lld %7lld %7lld\n", what.c_str(), times.size(), at(0.5), at(0.99),
                  static_cast<long long>(times.back()));
    }
    std::fflush(stdout);
  }

private:
  std::map<std::string, std::vector<std::int64_t>> all_;
};

/// All of it under load: jobs that do nothing at both doors, and a video.
struct a_network : machines {
  std::vector<std::string> videos;
  std::set<std::string> acknowledged;
  std::unique_ptr<a_load> at_one, at_two;
  table times;
  int loads = 0;

  a_network() {
    undisturbed();
    begin_load();
  }
  ~a_network() { times.print(); }

  void begin_load() {
    videos.push_back(submit_a_minute());
    const auto round = std::to_string(++loads);
    at_one = std::make_unique<a_load>(one, "one" + round, 100ms);
    at_two = std::make_unique<a_load>(two, "two" + round, 100ms);
    BOOST_REQUIRE(until(
        60s, [&] { return std::filesystem::exists(folder_of(videos.back()) / "master.m3u8"); }));
  }
  void end_load() {
    for (auto* load : {&at_one, &at_two}) {
      (*load)->stop();
      const auto& ids = (*load)->acknowledged();
      acknowledged.insert(ids.begin(), ids.end());
    }
  }
  /// How often it has had media hosts of worker "a".
  static std::size_t ups_in(const a_service& it) {
    const auto log = it.log();
    constexpr std::string_view words = "media host takes work  host=a/";
    std::size_t times = 0;
    for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
      ++times;
    return times;
  }
  pid_t host_of(const std::string& worker) {
    const auto all = hosts_of(workers.at(worker)->pid());
    return all.empty() ? 0 : all.front().pid;
  }
  /// A worker "a" is disturbed by `harm`, noticed, set right by `heal`, and works again.
  void disturb_worker(const std::string& what, const std::function<void()>& harm,
                      const std::function<void()>& heal, std::chrono::milliseconds seen_within,
                      std::chrono::milliseconds back_within = 12s) {
    const auto lost = times_lost("a"), up = times_up("a");
    auto begun = steady::now();
    harm();
    BOOST_TEST(until(30s, [&] { return times_lost("a") > lost; }), what << "\n" << story());
    times.add(what + ", seen", ms_since(begun));
    BOOST_TEST(ms_since(begun) < seen_within.count(), what);
    begun = steady::now();
    heal();
    BOOST_TEST(works("a", up, 30s), what << "\n" << story());
    times.add(what + ", works again", ms_since(begun));
    BOOST_TEST(ms_since(begun) < back_within.count(), what);
  }
  /// The node that leads is disturbed, the other one takes over, and the first follows when it is
  /// back.
  void disturb_leader(const std::string& what, const std::function<void(a_service&)>& harm,
                      const std::function<void(a_service&)>& heal,
                      std::chrono::milliseconds within) {
    auto* before = leader();
    BOOST_REQUIRE_MESSAGE(before != nullptr, story());
    auto& next = other(*before);
    const auto up = ups_in(next);
    const auto begun = steady::now();
    harm(*before);
    const auto leads = [&](a_service& it) {
      const auto now =
          it.ask("PING", nlohmann::json::object(), 400ms).value_or(nlohmann::json::object());
      return now.value("leads", false) && now.value("ready", false);
    };
    BOOST_REQUIRE_MESSAGE(until(30s, [&] { return leads(next); }), what << "\n" << story());
    times.add(what + ", next leads", ms_since(begun));
    BOOST_TEST(ms_since(begun) < within.count(), what);
    BOOST_TEST(until(30s, [&] { return ups_in(next) > up; }), what << "\n" << story());
    times.add(what + ", has the workers", ms_since(begun));
    heal(*before);
    BOOST_TEST(until(30s,
                     [&] {
                       const auto now = before->ask("PING", nlohmann::json::object(), 400ms)
                                            .value_or(nlohmann::json::object());
                       return now.value("ready", false) && !now.value("leads", true);
                     }),
               what << "\n"
                    << story());
    BOOST_TEST(leads(next), what);
  }
  /// Until somebody takes jobs again.
  void disturb_database(const std::string& what, const std::function<void()>& harm,
                        const std::function<void()>& heal) {
    harm();
    pause(3s);
    // Nothing is acknowledged that is not committed.
    BOOST_TEST(ms_since(std::max(at_one->last(), at_two->last())) > 2'000, what);
    const auto begun = steady::now();
    heal();
    BOOST_TEST(until(30s, [&] { return at_one->last() > begun || at_two->last() > begun; }),
               what << "\n"
                    << story());
    times.add(what + ", jobs are taken again", ms_since(begun));
    BOOST_TEST(until(30s, [&] { return leader() != nullptr; }), what << "\n" << story());
    times.add(what + ", somebody leads", ms_since(begun));
  }
  /// Nothing that was acknowledged is lost, nothing is done twice, and bytes are as ever.
  void check() {
    end_load();
    BOOST_REQUIRE_MESSAGE(until(30s, [&] { return leader() != nullptr; }), story());
    for (const auto& id : videos) {
      BOOST_REQUIRE_MESSAGE(until(240s,
                                  [&] {
                                    auto* now = leader();
                                    return now != nullptr && now->state_of(id) == "succeeded";
                                  }),
                            story());
      BOOST_TEST(a_cluster::unlike_undisturbed(folder_of(id)) == "");
    }
    const auto store = ledger::open_store(database_here());
    BOOST_TEST(until(120s, [&] {
      auto* now = leader();
      return now != nullptr && now->ask("PING", nlohmann::json::object())->value("open", 1) == 0;
    }));
    acknowledged.insert(videos.begin(), videos.end());
    check_acknowledged(*store, acknowledged);
  }
  /// The database by its socket: the network is for the others.
  [[nodiscard]] std::string database_here() const {
    return server->url(database.substr(database.rfind('/') + 1));
  }
};

constexpr int rounds = 2;

} // namespace

BOOST_AUTO_TEST_SUITE(machines_on_a_network, *only_where(network::why_not))

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_a_worker_is_in_trouble, a_network) {
  for (int round = 0; round < rounds; ++round) {
    if (round > 0) {
      end_load();
      begin_load();
    }
    disturb_worker(
        "media host, kill -9", [&] { ::kill(host_of("a"), SIGKILL); }, [] {}, 2s);
    disturb_worker(
        "media host, hang", [&] { ::kill(host_of("a"), SIGSTOP); }, [] {}, 6s);
    disturb_worker(
        "worker, kill -9", [&] { workers.at("a")->signal(SIGKILL); }, [&] { start_worker("a"); },
        2s);
    disturb_worker(
        "worker, hang", [&] { workers.at("a")->signal(SIGSTOP); },
        [&] { workers.at("a")->signal(SIGCONT); }, 7s);
    disturb_worker(
        "worker, cut", [&] { wires.cut("a"); }, [&] { wires.mend("a"); }, 7s);
    disturb_worker(
        "worker, nothing arrives", [&] { wires.make_deaf("a"); }, [&] { wires.mend("a"); }, 8s);
  }
  check();
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_the_leader_is_in_trouble, a_network) {
  for (int round = 0; round < rounds; ++round) {
    if (round > 0) {
      end_load();
      begin_load();
    }
    disturb_leader(
        "leader, kill -9", [](a_service& it) { it.kill_node(); }, [](a_service& it) { it.start(); },
        4s);
    disturb_leader(
        "leader, hang", [](a_service& it) { it.signal(SIGSTOP); },
        [](a_service& it) { it.signal(SIGCONT); }, 10s);
    disturb_leader(
        "leader, cut", [&](a_service& it) { wires.cut(name_of(it)); },
        [&](a_service& it) { wires.mend(name_of(it)); }, 10s);
    disturb_leader(
        "leader, nothing arrives", [&](a_service& it) { wires.make_deaf(name_of(it)); },
        [&](a_service& it) { wires.mend(name_of(it)); }, 10s);
  }
  check();
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_the_database_is_in_trouble, a_network) {
  for (int round = 0; round < rounds; ++round) {
    disturb_database(
        "database, kill -9", [&] { server->kill(); }, [&] { server->start(); });
    disturb_database(
        "database, hang", [&] { server->pause(); }, [&] { server->resume(); });
    disturb_database(
        "database, cut", [&] { wires.cut("db"); }, [&] { wires.mend("db"); });
    disturb_database(
        "database, nothing arrives", [&] { wires.make_deaf("db"); }, [&] { wires.mend("db"); });
  }
  check();
}

BOOST_FIXTURE_TEST_CASE(work_over_a_slow_link, a_network) {
  wires.slow("a");
  const auto lost = times_lost("a");
  const auto up = times_up("a");
  // Who comes anew has to get in over it.
  ::kill(host_of("a"), SIGKILL);
  const auto begun = steady::now();
  BOOST_TEST(works("a", up, 30s), story());
  times.add("slow link, a new media host works", ms_since(begun));
  end_load();
  begin_load();
  check();
  BOOST_TEST(times_lost("a") == lost + 1, story());
}

// TLS takes two heartbeats over it: CAF would end every connection before it is one.
BOOST_FIXTURE_TEST_CASE(let_a_worker_in_over_a_cable_that_is_longer_than_a_heartbeat, machines) {
  wires.slow("a", {200ms, 0, 5'000});
  const auto up = times_up("a");
  workers.at("a")->signal(SIGKILL);
  const auto begun = steady::now();
  start_worker("a");
  BOOST_TEST(works("a", up, 40s), story());
  BOOST_TEST_MESSAGE("a worker 200 ms away works after " << ms_since(begun) << " ms");
}

BOOST_AUTO_TEST_SUITE_END()
