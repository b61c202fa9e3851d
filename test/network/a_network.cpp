#include "test/network/a_network.hpp"

#include "test/engine/engine_run.hpp"
#include "test/support/process_tree.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <regex>

namespace vdoc::test {

using namespace std::chrono_literals;
using nlohmann::json;

std::int64_t ms_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begun)
      .count();
}

void pause(std::chrono::milliseconds span) {
  until(span, [] { return false; });
}

bool leads_now(a_service& it) {
  const auto now = it.ask("PING", json::object(), 400ms).value_or(json::object());
  return now.value("leads", false) && now.value("ready", false);
}

bool follows_now(a_service& it) {
  const auto now = it.ask("PING", json::object(), 400ms).value_or(json::object());
  return now.value("ready", false) && !now.value("leads", true);
}

void table::print() {
  std::printf("%-46s %3s %7s %7s %7s\n", "ms", "n", "p50", "p99", "max");
  for (auto& each : all_) {
    const auto& what = each.first;
    auto& times = each.second;
    std::ranges::sort(times);
    const auto at = [&](double part) {
      const auto rank = std::ceil(part * static_cast<double>(times.size())); // nearest, from 1
      return static_cast<long long>(times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1]);
    };
    std::printf("%-46s %3zu %7lld %7lld %7lld\n", what.c_str(), times.size(), at(0.5), at(0.99),
                static_cast<long long>(times.back()));
  }
  std::fflush(stdout);
}

a_network::a_network(machine_options which) : machines{which} {
  undisturbed();
  begin_load();
}

void a_network::begin_load() {
  videos.push_back(submit_a_minute());
  const auto round = std::to_string(++loads);
  at_one = std::make_unique<a_load>(one, "one" + round, 100ms);
  at_two = std::make_unique<a_load>(two, "two" + round, 100ms);
  if (!gate.log().empty())
    at_gate = std::make_unique<a_load>(gate, "gate" + round, 100ms);
  BOOST_REQUIRE(until(
      60s, [&] { return std::filesystem::exists(folder_of(videos.back()) / "master.m3u8"); }));
}

void a_network::end_load() {
  for (auto* load : {&at_one, &at_two, &at_gate})
    if (*load) {
      (*load)->stop();
      const auto& ids = (*load)->acknowledged();
      acknowledged.insert(ids.begin(), ids.end());
    }
}

std::int64_t a_network::gap_ms() const {
  return std::min(at_one->longest_gap(), at_two->longest_gap()).count();
}

void a_network::forget_gaps() {
  at_one->forget_gaps();
  at_two->forget_gaps();
}

std::size_t a_network::ups_in(const a_service& it) {
  const auto log = it.log();
  constexpr std::string_view words = "media host takes work  host=a/";
  std::size_t times = 0;
  for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
    ++times;
  return times;
}

pid_t a_network::host_of(const std::string& worker) {
  const auto all = hosts_of(workers.at(worker)->pid());
  return all.empty() ? 0 : all.front().pid;
}

void a_network::disturb_worker(const std::string& what, const std::function<void()>& harm,
                               const std::function<void()>& heal,
                               std::chrono::milliseconds seen_within,
                               std::chrono::milliseconds back_within) {
  const auto lost = times_lost("a"), up = times_up("a");
  auto begun = steady::now();
  harm();
  BOOST_TEST(until(90s, [&] { return times_lost("a") > lost; }), what << "\n" << story());
  times.add(what + ", seen", ms_since(begun));
  BOOST_TEST(ms_since(begun) < seen_within.count(), what);
  begun = steady::now();
  heal();
  BOOST_TEST(works("a", up, 90s), what << "\n" << story());
  times.add(what + ", works again", ms_since(begun));
  BOOST_TEST(ms_since(begun) < back_within.count(), what);
}

void a_network::disturb_leader(const std::string& what, const std::function<void(a_service&)>& harm,
                               const std::function<void(a_service&)>& heal,
                               std::chrono::milliseconds within) {
  auto& before = who_leads();
  auto& next = other(before);
  const auto up = ups_in(next);
  const auto begun = steady::now();
  harm(before);
  BOOST_REQUIRE_MESSAGE(until(90s, [&] { return leads_now(next); }), what << "\n" << story());
  times.add(what + ", next leads", ms_since(begun));
  BOOST_TEST(ms_since(begun) < within.count(), what);
  BOOST_TEST(until(90s, [&] { return ups_in(next) > up; }), what << "\n" << story());
  times.add(what + ", has the workers", ms_since(begun));
  heal(before);
  BOOST_TEST(until(90s, [&] { return follows_now(before); }), what << "\n" << story());
  BOOST_TEST(leads_now(next), what);
}

void a_network::disturb_database(const std::string& what, const std::function<void()>& harm,
                                 const std::function<void()>& heal) {
  harm();
  pause(3s);
  // Nothing is acknowledged that is not committed.
  BOOST_TEST(ms_since(std::max(at_one->last(), at_two->last())) > 2'000, what);
  const auto begun = steady::now();
  heal();
  BOOST_TEST(until(90s, [&] { return at_one->last() > begun || at_two->last() > begun; }),
             what << "\n"
                  << story());
  times.add(what + ", jobs are taken again", ms_since(begun));
  BOOST_TEST(until(90s, [&] { return leader() != nullptr; }), what << "\n" << story());
  times.add(what + ", somebody leads", ms_since(begun));
}

void a_network::check() {
  end_load();
  BOOST_REQUIRE_MESSAGE(until(90s, [&] { return leader() != nullptr; }), story());
  for (const auto& id : videos) {
    BOOST_REQUIRE_MESSAGE(until(900s,
                                [&] {
                                  auto* now = leader();
                                  return now != nullptr && now->state_of(id) == "succeeded";
                                }),
                          story());
    BOOST_TEST(a_cluster::unlike_undisturbed(folder_of(id)) == "");
  }
  const auto store = ledger::open_store(database_here());
  BOOST_TEST(until(400s, [&] {
    auto* now = leader();
    return now != nullptr && now->ask("PING", nlohmann::json::object())->value("open", 1) == 0;
  }));
  acknowledged.insert(videos.begin(), videos.end());
  check_acknowledged(*store, acknowledged);
  check_epochs();
}

void a_network::check_epochs() const {
  std::set<std::string> all;
  std::size_t told = 0;
  for (const auto* it : {&one, &two}) {
    const auto log = it->all_logs();
    const std::regex words{"this node leads, in epoch ([0-9]+)"};
    unsigned long last = 0;
    for (std::sregex_iterator at{log.begin(), log.end(), words}, end; at != end; ++at, ++told) {
      const auto epoch = std::stoul((*at)[1]);
      BOOST_TEST(epoch > last, log);
      last = epoch;
      all.insert((*at)[1]);
    }
  }
  BOOST_TEST(all.size() == told, story());
  BOOST_TEST(told >= 1u);
}

std::string a_network::database_here() const {
  return server->url(database.substr(database.rfind('/') + 1));
}

} // namespace vdoc::test
