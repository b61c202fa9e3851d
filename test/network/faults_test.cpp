// What network_test has not: a machine that is a gateway and a worker, clocks that are set, slow
// links of those on whom the others depend, and two faults at once. Each once; for the limits see
// network_test.cpp.

#include "cluster/ledger/job_id.hpp"
#include "test/network/a_network.hpp"
#include "test/support/only_where.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

struct a_network_with_a_gate : a_network {
  a_network_with_a_gate() : a_network{{.with_gate = true, .with_clocks = false}} {}

  /// Its media host's work goes elsewhere, others do not mind, and it is as before when it is set
  /// right.
  void disturb_gate(const std::string& what, const std::function<void()>& harm,
                    const std::function<void()>& heal, std::chrono::milliseconds seen_within) {
    const auto lost = times_lost("gate"), up = times_up("gate");
    forget_gaps();
    auto begun = steady::now();
    harm();
    BOOST_TEST(until(90s, [&] { return times_lost("gate") > lost; }), what << "\n" << story());
    times.add(what + ", seen", ms_since(begun));
    BOOST_TEST(ms_since(begun) < seen_within.count(), what);
    times.add(what + ", gap at the others", gap_ms());
    BOOST_TEST(gap_ms() < 2'000, what);
    begun = steady::now();
    heal();
    BOOST_TEST(until(90s, [&] { return at_gate->last() > begun; }), what << "\n" << story());
    times.add(what + ", takes jobs again", ms_since(begun));
    BOOST_TEST(works("gate", up, 90s), what << "\n" << story());
    times.add(what + ", works again", ms_since(begun));
    BOOST_TEST(ms_since(begun) < 12'000, what);
  }
};

struct a_network_with_clocks : a_network {
  a_network_with_clocks() : a_network{{.with_gate = false, .with_clocks = true}} {}

  /// It is borne: somebody takes jobs all the while, but for `longest`.
  void disturb_all(const std::string& what, const std::function<void()>& harm,
                   const std::function<void()>& heal, std::chrono::seconds span,
                   std::chrono::milliseconds longest) {
    BOOST_REQUIRE_MESSAGE(until(90s, [&] { return leader() != nullptr; }), story());
    forget_gaps();
    harm();
    pause(span);
    heal();
    const auto healed = steady::now();
    BOOST_TEST(until(60s, [&] { return at_one->last() > healed && at_two->last() > healed; }),
               what << "\n"
                    << story());
    times.add(what + ", longest gap", gap_ms());
    BOOST_TEST(gap_ms() < longest.count(), what << "\n" << story());
  }
  void set_clock_of_leader(const std::string& by) {
    auto& leads = who_leads();
    const auto& clock = clocks.at(name_of(leads));
    std::string seen; // a job of that time
    disturb_all(
        "leader, clock " + by,
        [&] {
          clock.set(by);
          seen = leads.submit({{"source", "/none"}, {"kind", "noop"}});
        },
        [&] { clock.set("+0"); }, 3s, 2s);
    BOOST_TEST(leads_now(leads), story());
    acknowledged.insert(seen);
    const auto at = vdoc::ledger::open_store(database_here())->find(seen).what.submitted_unix_ms;
    BOOST_TEST(std::abs(at - vdoc::ledger::unix_ms_now()) > 3'500'000);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(machines_in_rarer_trouble, *only_where(network::why_not))

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_a_gateway_that_works_is_in_trouble,
                        a_network_with_a_gate) {
  disturb_gate(
      "gateway, kill -9", [&] { gate.kill_node(); }, [&] { gate.start(); }, 2s);
  disturb_gate(
      "gateway, hang", [&] { gate.signal(SIGSTOP); }, [&] { gate.signal(SIGCONT); }, 10s);
  disturb_gate(
      "gateway, cut", [&] { wires.cut("gate"); }, [&] { wires.mend("gate"); }, 10s);
  check();
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_clocks_are_set_and_links_are_slow,
                        a_network_with_clocks) {
  set_clock_of_leader("+1h");
  set_clock_of_leader("-1h");
  const auto leads = name_of(who_leads());
  disturb_all(
      "leader, slow link", [&] { wires.slow(leads); }, [&] { wires.mend(leads); }, 8s, 10s);
  disturb_all(
      "database, slow link", [&] { wires.slow("db"); }, [&] { wires.mend("db"); }, 8s, 20s);
  check();
}

BOOST_FIXTURE_TEST_CASE(lose_nothing_when_two_of_them_are_in_trouble_at_once, a_network) {
  const auto up = times_up("b");
  disturb_leader(
      "leader and worker, kill -9",
      [&](a_service& it) {
        workers.at("b")->signal(SIGKILL);
        it.kill_node();
      },
      [&](a_service& it) {
        start_worker("b");
        it.start();
      },
      4s);
  BOOST_TEST(works("b", up, 90s), story());
  end_load();
  begin_load();
  auto& before = who_leads();
  server->pause();
  pause(1s);
  before.kill_node();
  pause(2s);
  const auto begun = steady::now();
  server->resume();
  auto& next = other(before);
  BOOST_TEST(until(90s, [&] { return leads_now(next); }), story());
  times.add("database hangs, leader killed, next leads", ms_since(begun));
  BOOST_TEST(ms_since(begun) < 4'000);
  before.start();
  BOOST_TEST(until(90s, [&] { return follows_now(before); }), story());
  check();
}

BOOST_AUTO_TEST_SUITE_END()
