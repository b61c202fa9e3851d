#include "cluster/dispatch/host_loads.hpp"
#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace vdoc::dispatch;

/// Two nodes of which n2 has shown to be half as fast, one heavy slot each, at 100 s.
struct two_nodes_at_work {
  slot_rules rules;
  std::int64_t now = 0;

  two_nodes_at_work() {
    rules.host_up("n1/host-1", {}, {"n1", {}});
    rules.host_up("n2/host-1", {}, {"n2", {}});
    for (std::uint32_t i = 0; i < 4; ++i) {
      for (std::uint32_t each = 0; each < 3; ++each)
        want("a", 3 * i + each);
      for (const auto took : {500, 500, 0}) { // two on n1 while n2 does one
        rules.it_is(now += took);
        for (const auto* host : {"n1/host-1", "n2/host-1"})
          if (const auto task = of(host); !task.empty()) {
            rules.finish(task);
            break;
          }
      }
    }
    rules.it_is(now = 100'000);
  }
  [[nodiscard]] std::string of(const std::string& host) const {
    for (const auto& one : rules.loads().hosts)
      if (one.host == host && !one.tasks.empty())
        return one.tasks[0].id;
    return {};
  }
  void want(const std::string& job, std::uint32_t index, const std::string& work = "1080p") {
    task it;
    it.id = job + std::to_string(index);
    it.job = job;
    it.index = index;
    it.cost = {work, 1'000, 0};
    rules.want(it);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(loads_of_hosts, two_nodes_at_work)

BOOST_AUTO_TEST_CASE(say_what_runs_and_how_long_it_is_expected_to) {
  want("b", 1);
  want("b", 2);
  rules.it_is(now += 200);
  const auto seen = rules.loads();
  BOOST_TEST_REQUIRE(seen.hosts.size() == 2u);
  const auto& fast = seen.hosts[0];
  const auto& slow = seen.hosts[1];
  BOOST_TEST(fast.host == "n1/host-1");
  BOOST_TEST(fast.node == "n1");
  BOOST_TEST(fast.gets_work);
  BOOST_TEST(fast.taken[static_cast<std::size_t>(slot::heavy)] == 1u);
  BOOST_TEST(fast.taken[static_cast<std::size_t>(slot::demux)] == 0u);
  BOOST_TEST(fast.capacity.demux == 2u);
  BOOST_TEST_REQUIRE(fast.tasks.size() == 1u);
  BOOST_TEST(fast.tasks[0].id == "b1");
  BOOST_TEST(fast.tasks[0].job == "b");
  BOOST_TEST(to_string(fast.tasks[0].kind) == "transcode");
  BOOST_TEST(fast.tasks[0].ran_ms == 200);
  BOOST_TEST(fast.tasks[0].expected_ms == 500);
  BOOST_TEST_REQUIRE(slow.tasks.size() == 1u);
  BOOST_TEST(slow.tasks[0].id == "b2");
  BOOST_TEST(slow.tasks[0].expected_ms == 1'000);
  BOOST_TEST(slow.slowness == 2.0);
  BOOST_TEST_REQUIRE(seen.jobs.size() == 1u);
  BOOST_TEST(seen.jobs[0].job == "b");
  BOOST_TEST(seen.jobs[0].ends_in_ms > 0);
}

BOOST_AUTO_TEST_CASE(say_what_was_learned_of_nodes_that_have_hosts) {
  rules.host_down("n2/host-1", {host_end::asked, ""});
  const auto seen = rules.loads();
  BOOST_TEST_REQUIRE(seen.costs.size() == 2u);
  BOOST_TEST(seen.costs[0].node == ""); // over all nodes
  BOOST_TEST(seen.costs[0].samples == 12u);
  BOOST_TEST(seen.costs[1].node == "n1");
  BOOST_TEST(seen.costs[1].work == "1080p");
  BOOST_TEST(seen.costs[1].ms_per_unit == 0.5);
  BOOST_TEST(seen.costs[1].samples == 8u);
}

BOOST_AUTO_TEST_CASE(leave_out_what_is_not_known) {
  want("b", 1, "2160p");
  const auto seen = rules.loads();
  BOOST_TEST(seen.hosts[0].tasks.size() + seen.hosts[1].tasks.size() == 1u);
  BOOST_TEST(seen.hosts[0].tasks.at(0).expected_ms == 0);
  BOOST_TEST(seen.jobs.empty());
}

BOOST_AUTO_TEST_CASE(tell_hosts_that_get_no_work) {
  rules.host_drains("n1/host-1");
  rules.close_nodes({"n2"});
  for (const auto& one : rules.loads().hosts)
    BOOST_TEST(!one.gets_work, one.host);
  rules.close_nodes({});
  BOOST_TEST(rules.loads().hosts[1].gets_work);
}

BOOST_AUTO_TEST_SUITE_END()
