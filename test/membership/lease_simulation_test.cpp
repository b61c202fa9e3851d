#include "cluster/membership/lease_rules.hpp"
#include "test/membership/memory_leases.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::membership;

/// Candidates with clocks of their own (each 3 % too fast or slow at most), a database that takes
/// its time, and one thread of events.
class a_cluster {
public:
  struct candidate {
    std::string name;
    lease_rules rules;
    double speed = 1;
    std::int64_t offset_us = 0;
    bool alive = true;
    bool stopped = false; ///< SIGSTOP
    std::vector<std::function<void()>> missed = {};
  };

  a_cluster(std::size_t candidates, std::uint32_t seed) : chance_{seed} {
    for (std::size_t i = 0; i < candidates; ++i)
      add();
  }

  void run_until(std::int64_t until_us) {
    while (!events_.empty() && events_.top().at_us <= until_us) {
      const auto next = events_.top();
      events_.pop();
      now_us = next.at_us;
      next.what();
      at_most_one_leads();
    }
    now_us = until_us;
  }
  /// The first who leads; nobody within that time: null.
  candidate* wait_for_leader(std::int64_t most_us) {
    for (const auto end = now_us + most_us; now_us < end;) {
      if (auto* found = leader())
        return found;
      run_until(std::min(end, events_.empty() ? end : events_.top().at_us));
    }
    return leader();
  }
  candidate* leader() {
    for (auto& each : all)
      if (each->alive && !each->stopped && each->rules.leads(clock_of(*each)))
        return each.get();
    return nullptr;
  }
  void stop(candidate& it) { it.stopped = true; }
  void go_on(candidate& it) {
    it.stopped = false;
    for (auto& each : std::exchange(it.missed, {}))
      each();
  }
  void add() {
    auto made = std::make_unique<candidate>(
        candidate{"n" + std::to_string(all.size()), {"n" + std::to_string(all.size()), {}}});
    made->speed = std::uniform_real_distribution<double>{0.97, 1.03}(chance_);
    made->offset_us = static_cast<std::int64_t>(chance_() % 1'000'000'000);
    all.push_back(std::move(made));
    wake(*all.back(), static_cast<std::int64_t>(chance_() % 200'000));
  }
  std::uint32_t pick(std::size_t below) { return static_cast<std::uint32_t>(chance_() % below); }

  std::int64_t now_us = 0;
  std::int64_t slow_us = 10'000; ///< that an answer of the database takes at most, each way
  test::memory_leases database;
  std::vector<std::unique_ptr<candidate>> all;
  std::vector<std::uint64_t> epochs; ///< in which somebody led, in order

private:
  struct event {
    std::int64_t at_us;
    std::uint64_t number;
    std::function<void()> what;
    bool operator<(const event& other) const {
      return std::pair{at_us, number} > std::pair{other.at_us, other.number};
    }
  };

  lease_rules::time_point clock_of(const candidate& it) const {
    return lease_rules::time_point{std::chrono::microseconds{
        it.offset_us + static_cast<std::int64_t>(static_cast<double>(now_us) * it.speed)}};
  }
  void after(std::int64_t us, std::function<void()> what) {
    events_.push({now_us + std::max<std::int64_t>(us, 1), ++events_ever_, std::move(what)});
  }
  /// Something that a process does; one that is stopped does it when it goes on.
  void at(candidate& it, std::int64_t us, std::function<void()> what) {
    after(us, [this, &it, what = std::move(what)] {
      if (it.stopped)
        it.missed.push_back(what);
      else if (it.alive)
        what();
    });
  }
  void wake(candidate& it, std::int64_t us) {
    at(it, us, [this, &it] {
      carry_out(it, it.rules.tick(clock_of(it)));
      const auto left =
          std::chrono::duration_cast<std::chrono::microseconds>(it.rules.wake_at() - clock_of(it));
      wake(it, std::clamp<std::int64_t>(left.count(), 100, 50'000));
    });
  }
  void carry_out(candidate& it, const lease_effects& all_of_them) {
    for (const auto& each : all_of_them) {
      if (const auto* look = std::get_if<look_at_lease>(&each))
        ask(it, look->number, [this] { return database.look("leader"); });
      else if (const auto* take = std::get_if<take_lease>(&each))
        ask(it, take->number,
            [this, &it, seen = take->seen] { return database.take("leader", seen, it.name, ""); });
      else if (const auto* renew = std::get_if<renew_lease>(&each))
        ask(it, renew->number, [this, epoch = renew->epoch] {
          return database.renew({"leader", epoch});
        });
      else if (const auto* release = std::get_if<release_lease>(&each))
        ask(it, release->number, [this, epoch = release->epoch] {
          return database.release({"leader", epoch});
        });
      else if (const auto* leads = std::get_if<lead>(&each))
        epochs.push_back(leads->epoch);
    }
  }
  void ask(candidate& it, std::uint64_t number, std::function<ledger::lease_answer()> what) {
    const auto there = static_cast<std::int64_t>(chance_() % slow_us);
    const auto back = static_cast<std::int64_t>(chance_() % slow_us);
    after(there, [this, &it, number, back, what = std::move(what)] {
      at(it, back, [this, &it, number, answer = what()] {
        carry_out(it, it.rules.answered(number, answer, clock_of(it), pick(1'000) / 1'000.0));
      });
    });
  }
  void at_most_one_leads() {
    const auto leaders = std::ranges::count_if(all, [&](const auto& each) {
      return each->alive && !each->stopped && each->rules.leads(clock_of(*each));
    });
    BOOST_REQUIRE(leaders <= 1);
  }

  std::mt19937 chance_;
  std::priority_queue<event> events_;
  std::uint64_t events_ever_ = 0;
};

constexpr std::int64_t second_us = 1'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(candidates_with_a_lease)

BOOST_AUTO_TEST_CASE(have_a_new_leader_within_two_seconds_of_a_crash) {
  std::int64_t longest_us = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    a_cluster cluster{2 + seed % 4, seed};
    auto* first = cluster.wait_for_leader(5 * second_us);
    BOOST_REQUIRE(first != nullptr);
    cluster.run_until(cluster.now_us + 3 * second_us + cluster.pick(second_us));
    BOOST_REQUIRE(cluster.leader() == first); // who has it keeps it
    const auto crash_us = cluster.now_us;
    first->alive = false;
    BOOST_REQUIRE_MESSAGE(cluster.wait_for_leader(2 * second_us) != nullptr, "seed " << seed);
    longest_us = std::max(longest_us, cluster.now_us - crash_us);
  }
  BOOST_TEST_MESSAGE("longest without a leader: " << longest_us / 1000 << " ms");
  BOOST_TEST(longest_us > 1'200'000); // the simulation does what it says
}

BOOST_AUTO_TEST_CASE(have_a_new_leader_soon_after_one_resigned) {
  a_cluster cluster{3, 7};
  auto* first = cluster.wait_for_leader(5 * second_us);
  BOOST_REQUIRE(first != nullptr);
  cluster.run_until(cluster.now_us + second_us);
  cluster.database.release({"leader", first->rules.epoch()});
  first->alive = false;
  const auto begun = cluster.now_us;
  BOOST_REQUIRE(cluster.wait_for_leader(second_us) != nullptr);
  BOOST_TEST(cluster.now_us - begun < 500'000);
}

BOOST_AUTO_TEST_CASE(never_are_two_leaders_and_never_go_back_an_epoch_whatever_happens) {
  const auto first_seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << first_seed);
  for (std::uint32_t run = 0; run < 40; ++run) {
    a_cluster cluster{4, first_seed + run};
    for (int step = 0; step < 60; ++step) {
      auto& one = *cluster.all[cluster.pick(cluster.all.size())];
      switch (cluster.pick(7)) {
      case 0:
        cluster.database.away = !cluster.database.away;
        break;
      case 1:
        cluster.slow_us = 1'000 + cluster.pick(900'000); // slower than a lease is long
        break;
      case 2:
        if (one.alive && !one.stopped)
          cluster.stop(one);
        break;
      case 3:
      case 4:
        if (one.stopped)
          cluster.go_on(one);
        break;
      case 5:
        one.alive = false;
        cluster.add();
        break;
      default:
        break;
      }
      cluster.run_until(cluster.now_us + cluster.pick(3 * second_us));
    }
    cluster.database.away = false;
    cluster.slow_us = 10'000;
    for (auto& each : cluster.all)
      if (each->stopped)
        cluster.go_on(*each);
    BOOST_REQUIRE(cluster.wait_for_leader(10 * second_us) != nullptr); // it always ends well
    BOOST_REQUIRE(std::ranges::adjacent_find(cluster.epochs, std::ranges::greater{}) ==
                  cluster.epochs.end());
  }
}

BOOST_AUTO_TEST_SUITE_END()
