#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace {

using namespace vdoc::dispatch;

/// Hosts with one heavy slot each, on a clock that the test moves.
struct many_hosts {
  slot_rules rules;
  std::int64_t now = 0;
  std::map<std::string, std::string> runs; ///< task -> host
  std::map<std::string, int> begun;        ///< by the first letter of the task
  std::vector<std::string> order;          ///< of tasks as they began

  std::string take(const effects& all) {
    std::string words;
    for (const auto& each : all)
      if (const auto* given = std::get_if<slot_given>(&each)) {
        runs[given->task] = given->host;
        ++begun[given->task.substr(0, 1)];
        order.push_back(given->task);
        words += (words.empty() ? "" : " ") + given->task + "@" + given->host;
      }
    return words;
  }
  std::string up(const std::string& host, const host_place& at = {}) {
    return take(rules.host_up(host, {}, at));
  }
  std::string want(const task& what) { return take(rules.want(what)); }
  std::string finish(const std::string& id, std::int64_t after_ms = 0) {
    rules.it_is(now += after_ms);
    runs.erase(id);
    return take(rules.finish(id));
  }
  static task of(const std::string& tenant, std::uint32_t index) {
    task it;
    it.id = tenant + std::to_string(index);
    it.job = "job of " + tenant;
    it.tenant = tenant;
    it.index = index;
    return it;
  }
  void queue(const std::string& tenant, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i)
      want(of(tenant, i));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(placement, many_hosts)

BOOST_AUTO_TEST_CASE(does_a_task_elsewhere_than_where_it_failed) {
  const auto avoiding = [](std::uint32_t index, const std::string& node) {
    auto it = of("t", index);
    it.avoid = node;
    return it;
  };
  up("h1", {"n1", {}});
  up("h2", {"n2", {}});
  BOOST_TEST(want(avoiding(0, "n1")) == "t0@h2");
  BOOST_TEST(want(avoiding(1, "n1")) == ""); // h1 is free, h2 may have it when it is
  BOOST_TEST(want(of("t", 2)) == "t2@h1");   // others do not wait for that
  BOOST_TEST(finish("t2") == "");
  BOOST_TEST(finish("t0") == "t1@h2");
  BOOST_TEST(want(avoiding(3, "n3")) == "t3@h1"); // a node that is gone
  finish("t3");
  BOOST_TEST(want(avoiding(4, "n1")) == "");
  BOOST_TEST(take(rules.host_down("h2", {})) == "t4@h1"); // nobody else is left
  finish("t4");
  BOOST_TEST(want(avoiding(5, "n1")) == "t5@h1");
  finish("t5");
  up("h3", {"n3", {}});
  BOOST_TEST(want(avoiding(6, "n1")) == "t6@h3");
  want(avoiding(7, "n1"));
  BOOST_TEST(take(rules.close_nodes({"n3"})) == "t7@h1");
}

BOOST_AUTO_TEST_CASE(says_whether_others_can_do_what_a_node_does) {
  up("h1", {"n1", {}});
  BOOST_TEST(!rules.others_can_do_work_of("n1"));
  slots no_sources;
  no_sources.ingest = no_sources.demux = no_sources.audio = no_sources.noop = 0;
  take(rules.host_up("h2", no_sources, {"n2", {}}));
  BOOST_TEST(!rules.others_can_do_work_of("n1")); // sources
  BOOST_TEST(rules.others_can_do_work_of("n2"));
  rules.close_nodes({"n1"});
  BOOST_TEST(!rules.others_can_do_work_of("n2")); // not at present
  rules.close_nodes({});
  up("h3", {"n3", {}});
  BOOST_TEST(rules.others_can_do_work_of("n1"));
  rules.host_drains("h3");
  BOOST_TEST(!rules.others_can_do_work_of("n1"));
}

BOOST_AUTO_TEST_CASE(puts_live_before_interactive_before_batch_whatever_their_priorities) {
  auto batch = of("b", 0), interactive = of("i", 0), live = of("l", 0);
  batch.priority = 100;
  interactive.haste = urgency::interactive;
  interactive.priority = 50;
  live.haste = urgency::live;
  live.priority = -100;
  for (const auto& it : {batch, interactive, live})
    want(it);
  BOOST_TEST(up("h1") == "l0@h1");
  BOOST_TEST(finish("l0") == "i0@h1");
  BOOST_TEST(finish("i0") == "b0@h1");
}

BOOST_AUTO_TEST_CASE(takes_nothing_back_that_runs_and_gives_live_the_next_slot) {
  up("h1");
  queue("b", 3);
  auto live = of("l", 0);
  live.haste = urgency::live;
  BOOST_TEST(want(live) == "");
  BOOST_TEST(runs.contains("b0"));
  BOOST_TEST(finish("b0") == "l0@h1");
  BOOST_TEST(finish("l0") == "b1@h1");
}

BOOST_AUTO_TEST_CASE(shares_slots_between_tenants_and_not_between_their_jobs) {
  for (std::uint32_t i = 0; i < 12; ++i) { // "a" has twelve jobs, "b" one
    auto it = of("a", i);
    it.job += std::to_string(i);
    want(it);
  }
  queue("b", 12);
  for (const auto* host : {"h1", "h2", "h3", "h4"})
    up(host);
  BOOST_TEST(begun["a"] == 2);
  BOOST_TEST(begun["b"] == 2);
}

BOOST_AUTO_TEST_CASE(gives_slots_by_the_shares_of_tenants) {
  rules.set_share("a", 3);
  queue("a", 50);
  queue("b", 50);
  for (int i = 0; i < 8; ++i)
    up("h" + std::to_string(i));
  BOOST_TEST(begun["a"] == 6);
  BOOST_TEST(begun["b"] == 2);
}

BOOST_AUTO_TEST_CASE(keeps_shares_over_time_where_a_slot_cannot_be_cut) {
  rules.set_share("a", 3);
  queue("a", 200);
  queue("b", 200);
  up("h1");
  for (int i = 0; i < 100; ++i)
    finish(order.back(), 1'000);
  BOOST_TEST(begun["a"] >= 74);
  BOOST_TEST(begun["a"] <= 77);
}

BOOST_AUTO_TEST_CASE(counts_the_time_that_slots_are_held_and_not_how_often) {
  queue("l", 300); // takes four times as long
  queue("s", 300);
  up("h1");
  std::map<std::string, std::int64_t> had;
  for (int i = 0; i < 250; ++i) {
    const auto id = order.back();
    const auto took = id.starts_with('l') ? 4'000 : 1'000;
    had[id.substr(0, 1)] += took;
    finish(id, took);
  }
  BOOST_TEST(static_cast<double>(had["l"]) / static_cast<double>(had["s"]) == 1.0,
             boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_CASE(gives_who_comes_late_all_free_slots_until_he_has_his_share) {
  for (int i = 0; i < 6; ++i)
    up("h" + std::to_string(i));
  queue("a", 40);
  BOOST_TEST(begun["a"] == 6);
  rules.it_is(now += 600'000); // long tasks
  queue("b", 40);
  for (const auto* id : {"a0", "a1", "a2"})
    BOOST_TEST(finish(id).starts_with("b"));
  BOOST_TEST(begun["b"] == 3);
  finish("a3", 1'000);
  finish("b0", 1'000);
  BOOST_TEST(begun["a"] + begun["b"] == 11);
  BOOST_TEST(begun["b"] <= 5); // and not more than that for ever
}

BOOST_AUTO_TEST_CASE(lets_nobody_save_up_slots_by_staying_away) {
  up("h1");
  want(of("b", 0));
  finish("b0", 1'000);
  queue("a", 300);
  for (int i = 0; i < 100; ++i)
    finish(order.back(), 1'000);
  for (std::uint32_t i = 1; i < 60; ++i)
    want(of("b", i));
  begun.clear();
  for (int i = 0; i < 40; ++i)
    finish(order.back(), 1'000);
  BOOST_TEST(begun["a"] >= 19);
  BOOST_TEST(begun["b"] >= 19);
}

BOOST_AUTO_TEST_CASE(never_gives_a_task_to_a_host_that_lacks_what_it_needs) {
  up("plain");
  auto gpu = of("g", 0);
  gpu.needs = {"zone:eu", "gpu"};
  BOOST_TEST(want(gpu) == "");
  BOOST_TEST(want(of("a", 0)) == "a0@plain"); // nobody waits behind it
  BOOST_TEST(up("half", {"n1", {"gpu"}}) == "");
  BOOST_TEST(up("whole", {"n2", {"x264", "gpu", "zone:eu"}}) == "g0@whole");
}

BOOST_AUTO_TEST_CASE(finds_hosts_that_were_free_before_anybody_needed_what_they_offer) {
  up("h1", {"n1", {"gpu"}});
  up("h2");
  auto gpu = of("g", 0);
  gpu.needs = {"gpu"};
  BOOST_TEST(want(gpu) == "g0@h1");
  gpu.id = "g1";
  BOOST_TEST(want(gpu) == "");
  BOOST_TEST(finish("g0") == "g1@h1");
}

BOOST_AUTO_TEST_CASE(keeps_working_when_very_many_different_things_were_needed) {
  up("h1", {"n1", {"w150"}});
  for (int i = 0; i < 200; ++i) {
    auto it = of("t", static_cast<std::uint32_t>(i));
    it.needs = {"w" + std::to_string(i)};
    const auto given = want(it);
    BOOST_TEST(given == (i == 150 ? "t150@h1" : ""));
    if (i != 150)
      rules.withdraw({it.id});
    else
      finish("t150");
  }
  BOOST_TEST(rules.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(runs_work_where_its_bytes_are) {
  up("h1", {"n1", {}});
  up("h2", {"n2", {}});
  auto there = of("a", 0);
  there.near = "n2";
  BOOST_TEST(want(there) == "a0@h2");
  there.id = "a1";
  BOOST_TEST(want(there) == "a1@h1"); // and does not wait for it
}

BOOST_AUTO_TEST_CASE(moves_bytes_where_that_is_sooner_than_a_slow_node) {
  slots one;
  const auto learn = [&](const std::string& host, std::int64_t took) {
    for (int i = 0; i < 9; ++i) {
      auto it = of("x", static_cast<std::uint32_t>(now));
      it.id = host + std::to_string(now) + std::to_string(i);
      it.cost = {"1080p", 1'000, 0};
      it.needs = {host};
      want(it);
      finish(it.id, took);
    }
  };
  up("fast", {"n1", {"fast"}});
  up("slow", {"n2", {"slow"}});
  learn("fast", 1'000);
  learn("slow", 3'000);
  learn("fast", 1'000);
  auto there = of("a", 0);
  there.near = "n2";
  there.cost = {"1080p", 1'000, 5'000};
  BOOST_TEST(want(there) == "a0@slow");
  finish("a0", 3'000);
  there.id = "a1";
  there.cost.moving_ms = 500;
  BOOST_TEST(want(there) == "a1@fast");
}

BOOST_AUTO_TEST_CASE(prefers_the_faster_of_two_nodes_that_are_free) {
  up("h1", {"n1", {"one"}});
  up("h2", {"n2", {"two"}});
  for (std::uint32_t i = 0; i < 9; ++i)
    for (const auto& [word, took] : {std::pair{"one", 2'000}, std::pair{"two", 1'000}}) {
      auto it = of(word, i);
      it.cost = {"1080p", 1'000, 0};
      it.needs = {word};
      want(it);
      finish(it.id, took);
    }
  BOOST_TEST(want(of("a", 0)) == "a0@h2");
}

BOOST_AUTO_TEST_CASE(says_when_a_job_will_be_over) {
  up("h1", {"n1", {}});
  BOOST_TEST(!rules.ends_in_ms("job of a").has_value());
  auto known = of("a", 0);
  known.cost = {"1080p", 2'000, 0};
  want(known);
  BOOST_TEST(!rules.ends_in_ms("job of a").has_value()); // nobody knows yet what it costs
  finish("a0", 4'000);
  for (std::uint32_t i = 1; i <= 5; ++i) {
    known = of("a", i);
    known.cost = {"1080p", 2'000, 0};
    want(known);
  }
  BOOST_TEST(rules.ends_in_ms("job of a").value_or(-1) == 20'000);
  rules.it_is(now += 1'000);
  BOOST_TEST(rules.ends_in_ms("job of a").value_or(-1) == 19'000);
  up("h2", {"n2", {}});
  BOOST_TEST(rules.ends_in_ms("job of a").value_or(-1) == (4 * 4'000 + 3'000) / 2);
}

BOOST_AUTO_TEST_CASE(learns_from_what_is_over_and_not_from_what_was_withdrawn) {
  up("h1", {"n1", {}});
  auto it = of("a", 0);
  it.cost = {"1080p", 1'000, 0};
  want(it);
  rules.it_is(5);
  rules.withdraw({"a0"});
  BOOST_TEST(rules.costs().lines().empty());
  it.id = "a1";
  want(it);
  rules.it_is(2'005);
  rules.finish("a1");
  BOOST_TEST(rules.costs().expect("1080p", "n1", 1'000).value_or(0) == 2'000);
}

BOOST_AUTO_TEST_CASE(finishes_everything_once_on_a_hundred_hosts_that_come_and_go) {
  std::map<std::string, task> open;
  std::map<std::string, int> done;
  for (std::uint32_t i = 0; i < 3'000; ++i) {
    auto it = of(std::string(1, static_cast<char>('a' + i % 7)), i);
    it.haste = static_cast<urgency>(i % 3);
    it.affinity = std::to_string(i / 50);
    it.near = "n" + std::to_string(i % 10);
    if (i % 4 == 0)
      it.needs = {"gpu"};
    open[it.id] = it;
    want(it);
  }
  for (int i = 0; i < 100; ++i)
    up("h" + std::to_string(i),
       {"n" + std::to_string(i % 10),
        i % 5 == 0 ? std::vector<std::string>{"gpu"} : std::vector<std::string>{}});
  for (std::uint32_t step = 0; !runs.empty(); ++step) {
    BOOST_REQUIRE(step < 10'000u);
    const auto [id, host] = *runs.begin();
    if (step % 50 == 49) { // the host crashes; its job asks again; the host comes back
      for (const auto& each : rules.host_down(host, {host_end::crashed, "SIGSEGV"}))
        runs.erase(std::get<slot_lost>(each).task);
      want(open.at(id));
      const auto gpu = std::stoi(host.substr(1)) % 5 == 0;
      up(host, {"n1", gpu ? std::vector<std::string>{"gpu"} : std::vector<std::string>{}});
      continue;
    }
    ++done[id];
    finish(id, 10);
  }
  BOOST_TEST(done.size() == open.size());
  BOOST_TEST(std::ranges::all_of(done, [](const auto& it) { return it.second == 1; }));
  BOOST_TEST(rules.granted() == 0u);
  BOOST_TEST(rules.waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
