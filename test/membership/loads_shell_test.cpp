#include "actors/dispatch/spawn.hpp"
#include "actors/membership/spawn.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using membership::how_loaded;

/// MEMBERSHIP of a node "a" that leads, and ENVOYs of others, which answer its pings.
struct a_leader_that_is_told : test::stepped_actors {
  dispatch::actor dispatch = dispatch::spawn(system);
  std::shared_ptr<membership::node_book> book;
  membership::actor leader;
  membership::envoy w = envoy(), x = envoy();

  a_leader_that_is_told() {
    desk::node_view me;
    me.at.node = "a";
    book = std::make_shared<membership::node_book>(me);
    book->works(true);
    membership::means with;
    with.detached = false;
    with.node = "a";
    with.find_ledger = [] { return ledger::actor{}; };
    with.find_reader = [] { return ledger::reader{}; };
    with.unix_ms = [] { return std::int64_t{1'764'576'000'000}; };
    with.book = book;
    leader = membership::spawn(system, dispatch, std::move(with));
    comes(w, "w");
    comes(x, "x");
  }
  ~a_leader_that_is_told() {
    for (const auto& each : {caf::actor_cast<caf::actor>(leader), caf::actor_cast<caf::actor>(w),
                             caf::actor_cast<caf::actor>(x), caf::actor_cast<caf::actor>(dispatch)})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    leader = nullptr;
    w = x = nullptr;
    dispatch = nullptr;
    run();
  }
  membership::envoy envoy() {
    using one_that_is_answered = membership::envoy::extend<caf::reacts_to<membership::admission>>;
    const auto made =
        system.spawn([](one_that_is_answered::pointer) -> one_that_is_answered::behavior_type {
          return {[](const hosts::ping& it) { return hosts::pong{it.number}; },
                  [](const membership::admission&) {}};
        });
    return caf::actor_cast<membership::envoy>(made);
  }
  void comes(const membership::envoy& who, const std::string& node,
             const std::string& incarnation = "1") {
    membership::announce us;
    us.what = {node, incarnation, "1.0", {4, 5}, {}};
    us.who = who;
    caf::send_as(caf::actor_cast<caf::actor>(who), leader, us);
    run();
  }
  void says(const membership::envoy& who, how_loaded what) {
    caf::send_as(caf::actor_cast<caf::actor>(who), leader, std::move(what));
    pass(1s);
  }
  [[nodiscard]] desk::node_view seen(const std::string& name) const {
    for (const auto& one : book->all())
      if (one.at.node == name)
        return one;
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_leader_that_hears_how_busy_nodes_are, a_leader_that_is_told)

BOOST_AUTO_TEST_CASE(shows_it_until_they_are_gone) {
  BOOST_TEST(seen("w").oldest_protocol == 4u);
  BOOST_TEST(seen("w").newest_protocol == 5u);
  BOOST_TEST(!seen("w").load.has_value());
  const resources::node_load load{150, 900, 63'000, {{"host-1", 97, 210}}};
  says(w, {"w", "1", load});
  BOOST_TEST((seen("w").load == load));
  BOOST_TEST(!seen("x").load.has_value());
  says(w, {"w", "1", {20, 901, -1, {}}});
  BOOST_TEST(seen("w").load->busy_percent == 20u);
  caf::send_as(caf::actor_cast<caf::actor>(w), leader, membership::farewell{"w", "1"});
  pass(1s);
  BOOST_TEST(seen("w").state == "down");
  BOOST_TEST(!seen("w").load.has_value());
  comes(w, "w", "2"); // the next process has not said anything yet
  BOOST_TEST(seen("w").state == "up");
  BOOST_TEST(!seen("w").load.has_value());
}

BOOST_AUTO_TEST_CASE(keeps_it_over_the_announcements_of_the_same_process) {
  says(w, {"w", "1", {150, 900, 63'000, {}}});
  comes(w, "w");
  pass(1s);
  BOOST_TEST_REQUIRE(seen("w").load.has_value());
  BOOST_TEST(seen("w").load->busy_percent == 150u);
}

BOOST_AUTO_TEST_CASE(believes_nobody_who_speaks_for_another_node_or_an_earlier_process) {
  says(x, {"w", "1", {150, 900, 63'000, {}}});
  BOOST_TEST(!seen("w").load.has_value());
  says(w, {"w", "0", {150, 900, 63'000, {}}});
  BOOST_TEST(!seen("w").load.has_value());
  says(w, {"nobody", "1", {150, 900, 63'000, {}}});
  BOOST_TEST(seen("nobody").at.node == "");
}

BOOST_AUTO_TEST_CASE(takes_no_names_that_are_none_and_no_more_hosts_than_there_can_be) {
  says(w, {"w", "1", {150, 900, 63'000, {{"host-1\nup", 97, 210}}}});
  BOOST_TEST(!seen("w").load.has_value());
  says(w, {"w", "1", {150, 900, 63'000, {{std::string(81, 'h'), 97, 210}}}});
  BOOST_TEST(!seen("w").load.has_value());
  says(w, {"w", "1", {150, 900, 63'000, std::vector<resources::host_use>(1'001, {"h", 1, 1})}});
  BOOST_TEST(!seen("w").load.has_value());
  says(w, {"w", "1", {150, 900, 63'000, std::vector<resources::host_use>(1'000, {"h", 1, 1})}});
  BOOST_TEST(seen("w").load.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
