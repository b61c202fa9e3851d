#include "cluster/ledger/open_store.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using ledger::event_kind;
using nlohmann::json;
using steady = std::chrono::steady_clock;

std::size_t count_of(const std::vector<ledger::event>& events, event_kind kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(events, [&](const auto& one) { return one.kind == kind; }));
}

struct a_killed_service : a_service {
  std::map<std::string, std::string> acknowledged; ///< id by key
  std::set<std::string> sent;                      ///< keys
  int batches = 0;

  /// Submits jobs that do nothing until the service is not there any more, or the time is up.
  void submit_for(std::chrono::milliseconds span) {
    constexpr int jobs_in_a_batch = 20;
    const auto until = steady::now() + span;
    while (steady::now() < until) {
      json jobs = json::array();
      std::vector<std::string> keys;
      ++batches;
      for (int i = 0; i < jobs_in_a_batch; ++i) {
        keys.push_back(std::to_string(batches) + "/" + std::to_string(i));
        jobs.push_back({{"source", "/none"}, {"kind", "noop"}, {"idempotency_key", keys.back()}});
      }
      sent.insert(keys.begin(), keys.end());
      const auto answer = ask("SUBMIT-BATCH", {{"jobs", jobs}}, 3s);
      if (!answer || answer->at("code") != "OK")
        continue;
      for (std::size_t i = 0; i < keys.size(); ++i)
        if (answer->at("jobs")[i].contains("id"))
          acknowledged[keys[i]] = answer->at("jobs")[i]["id"];
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_is_killed, a_killed_service)

BOOST_AUTO_TEST_CASE(ends_every_acknowledged_job_exactly_once) {
  constexpr int rounds = 10;
  constexpr unsigned seed = 20'261'125;
  std::mt19937 chance{seed};
  start();
  for (int i = 0; i < rounds; ++i) {
    BOOST_TEST_REQUIRE(ask("PING", json::object()).has_value(), log());
    submit_for(std::chrono::milliseconds{chance() % 400});
    const auto moment = std::chrono::milliseconds{chance() % 300};
    std::thread killer{[victim = pid(), moment] {
      until(moment, [] { return false; });
      ::kill(victim, SIGKILL);
    }};
    submit_for(600ms);
    killer.join();
    kill_node();
    start();
  }
  BOOST_TEST(wait_until_nothing_is_open(60s), log());
  BOOST_TEST(stop() == 0);

  const auto store = ledger::open_store(database().string());
  std::size_t lost = 0, twice = 0, stuck = 0;
  for (const auto& [key, id] : acknowledged) {
    const auto found = store->find(id);
    const auto events = store->history_of(id).events;
    lost += found.result == ledger::outcome::done && found.what.what.idempotency_key == key ? 0 : 1;
    stuck += found.what.state == ledger::job_state::succeeded ? 0 : 1;
    twice += count_of(events, event_kind::succeeded) == 1 ? 0 : 1;
  }
  std::cout << "killed " << rounds << " times, " << sent.size() << " jobs sent, "
            << acknowledged.size() << " acknowledged, " << lost << " lost, " << twice
            << " not ended exactly once, " << stuck << " stuck (seed " << seed << ")\n";
  BOOST_TEST(acknowledged.size() > 100u);
  BOOST_TEST(lost == 0u);
  BOOST_TEST(twice == 0u);
  BOOST_TEST(stuck == 0u);
}

BOOST_AUTO_TEST_CASE(has_a_line_of_the_audit_log_for_every_order_that_was_carried_out) {
  constexpr int rounds = 6, jobs_a_round = 150;
  constexpr unsigned seed = 20'261'126;
  std::mt19937 chance{seed};
  start();
  std::vector<std::string> ids;
  for (int i = 0; i < rounds; ++i) {
    json jobs = json::array();
    for (int n = 0; n < jobs_a_round; ++n)
      jobs.push_back(
          {{"source", "/none"}, {"kind", "noop"}, {"not_before", "2099-01-01T00:00:00Z"}});
    const auto is_ready = [&] { return ask("PING", json::object()).value()["ready"] == true; };
    BOOST_TEST_REQUIRE(until(60s, is_ready), log()); // before that it may say busy
    const auto taken = ask("SUBMIT-BATCH", {{"jobs", jobs}});
    BOOST_TEST_REQUIRE((taken && taken->at("code") == "OK"), log());
    const auto first = ids.size();
    for (const auto& one : taken->at("jobs"))
      ids.push_back(one.at("id"));
    const auto moment = std::chrono::milliseconds{20 + chance() % 80};
    std::thread killer{[victim = pid(), moment] {
      until(moment, [] { return false; });
      ::kill(victim, SIGKILL);
    }};
    for (auto at = first; at < ids.size() && ask("CANCEL", {{"id", ids[at]}}, 1s); ++at) {
    }
    killer.join();
    kill_node();
    start();
  }
  BOOST_TEST_REQUIRE(ask("PING", json::object()).has_value(), log());
  BOOST_TEST(stop() == 0);

  const auto store = ledger::open_store(database().string());
  std::map<std::string, std::size_t> lines;
  for (const auto& one : store->read("audit", "", 10'000).all)
    ++lines[json::parse(one.body)["subject"]];
  std::size_t cancelled = 0, without = 0, invented = 0;
  for (const auto& id : ids) {
    const auto done = count_of(store->history_of(id).events, event_kind::cancelled);
    cancelled += done;
    without += done > lines[id] ? 1 : 0;
    invented += done < lines[id] ? 1 : 0;
  }
  std::cout << "killed " << rounds << " times, " << cancelled << " of " << ids.size()
            << " jobs cancelled, " << without << " without a line, " << invented
            << " lines of nothing (seed " << seed << ")\n";
  BOOST_TEST(cancelled > 0u);
  BOOST_TEST(cancelled < ids.size());
  BOOST_TEST(without == 0u);
  BOOST_TEST(invented == 0u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_video_and_publishes_it_once) {
  start();
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec", {{"document", false}, {"captions", "off"}}}});
  BOOST_TEST_REQUIRE(wait_for(id, "running", 90s), log());
  const auto video = served() / "jobs" / id / "video";
  BOOST_TEST(until(180s, [&] { return std::filesystem::exists(video); }));
  kill_node();
  start();
  BOOST_TEST(wait_for(id, "succeeded", 400s), log());
  BOOST_TEST(stop() == 0);
  const auto events = ledger::open_store(database().string())->history_of(id).events;
  BOOST_TEST(count_of(events, event_kind::started) == 1u);
  BOOST_TEST(count_of(events, event_kind::resumed) == 1u);
  BOOST_TEST(count_of(events, event_kind::succeeded) == 1u);
}

BOOST_AUTO_TEST_CASE(leads_with_a_later_epoch_after_it_stood_still_and_goes_on) {
  start();
  const auto id = submit({{"source", make(source_named("mp4_a_minute")).string()}});
  BOOST_TEST_REQUIRE(wait_for(id, "running", 90s), log());
  const auto leads_in = [&](const char* epoch) {
    return log().find(std::string{"this node leads, in epoch "} + epoch) != std::string::npos;
  };
  BOOST_TEST_REQUIRE(until(60s, [&] { return leads_in("1"); }), log());
  signal(SIGSTOP);
  until(3s, [] { return false; });
  signal(SIGCONT);
  BOOST_TEST(until(60s, [&] { return leads_in("2"); }), log());
  BOOST_TEST(wait_for(id, "succeeded", 600s), log());
  const auto events = ledger::open_store(database().string())->history_of(id).events;
  BOOST_TEST(count_of(events, event_kind::succeeded) == 1u);
  BOOST_TEST(count_of(events, event_kind::resumed) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
