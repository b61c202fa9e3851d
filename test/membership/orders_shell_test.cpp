#include "actors/desk/spawn.hpp"
#include "actors/dispatch/spawn.hpp"
#include "actors/membership/spawn.hpp"
#include "cluster/desk/audit.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using desk::node_action;
using desk::refusal;
using desk::role;

/// DESK in front of MEMBERSHIP of a node "a" that leads, with a host of its own. "b" may lead as
/// well, and is there; "c" was there.
struct a_leader : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  dispatch::actor dispatch = dispatch::spawn(system);
  std::shared_ptr<membership::node_book> book;
  membership::actor membership;
  std::unique_ptr<desk::desk> front = open();
  std::int64_t unix_ms = 1'764'576'000'000;
  const desk::caller ann{"ann", "*", role::operator_, "http"};
  int ends = 0;
  int numbers = 0;
  std::optional<desk::verdict> how;

  a_leader() {
    book = std::make_shared<membership::node_book>(node("a"));
    others_say("b-1");
    book->works(true);
    begin();
    dispatch::host_up up;
    up.host_id = "host-1";
    up.incarnation = "1";
    caf::anon_send(dispatch, up);
    run();
  }
  ~a_leader() {
    front.reset();
    for (const auto& each :
         {caf::actor_cast<caf::actor>(membership), caf::actor_cast<caf::actor>(dispatch),
          caf::actor_cast<caf::actor>(ledger), caf::actor_cast<caf::actor>(reader)})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    membership = nullptr;
    run();
  }
  static desk::node_view node(const std::string& name) {
    desk::node_view made;
    made.at.node = name;
    made.incarnation = name + "-1";
    made.roles = {"gateway", "leader-candidate"};
    return made;
  }
  /// As they announce themselves in the ledger; c said so long ago.
  void others_say(const std::string& incarnation_of_b) {
    auto b = node("b");
    b.incarnation = incarnation_of_b;
    auto said = membership::node_book{b}.announcement(1);
    auto silent = membership::node_book{node("c")}.announcement(1);
    said.version = ++numbers;
    silent.version = 1;
    const auto start = std::chrono::steady_clock::time_point{1h};
    book->read({silent}, start);
    book->read({said, silent}, start + 10s);
  }
  void begin() {
    membership::means with;
    with.detached = false;
    with.node = "a";
    with.incarnation = "a-1";
    with.end_process = [this] { ++ends; };
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.unix_ms = [this] { return unix_ms; };
    with.book = book;
    membership = membership::spawn(system, dispatch, std::move(with));
    run();
  }
  void another_one_leads() {
    caf::anon_send_exit(membership, caf::exit_reason::kill);
    run();
    begin();
  }
  std::unique_ptr<desk::desk> open() {
    front_desk::means with;
    with.find_queue = [] { return queue::actor{}; };
    with.find_reader = with.find_lister = [this] { return reader; };
    with.find_schedule = [] { return schedule::actor{}; };
    with.find_membership = [this] { return membership::operators_side{membership}; };
    with.new_job_id = [this] { return "chance-" + std::to_string(++numbers); };
    with.unix_ms = [this] { return unix_ms; };
    with.live = std::make_shared<desk::live_jobs>();
    return front_desk::open(system, std::move(with));
  }
  desk::verdict order(const desk::caller& who, node_action what, const std::string& name,
                      const std::string& cause = "") {
    how.reset();
    front->order_node(who, {what, name, cause}, [this](desk::verdict it) { how = std::move(it); });
    run();
    BOOST_TEST_REQUIRE(how.has_value());
    return *how;
  }
  desk::verdict order(node_action what, const std::string& name, const std::string& cause = "") {
    return order(ann, what, name, cause);
  }
  desk::node_view seen(const std::string& name) const {
    for (const auto& one : book->all())
      if (one.at.node == name)
        return one;
    return {};
  }
  std::string lines() const {
    std::string all;
    for (const auto& [name, one] : store->documents)
      if (const auto it = one.kind == desk::audit_kind ? desk::audit_line_from(one) : std::nullopt)
        all += it->what + " " + it->subject + " " + it->detail + " by " + it->who + "\n";
    return all;
  }
  std::uint32_t heavy_slots() {
    return answer_of<dispatch::load>(dispatch, dispatch::look{}).heavy_slots;
  }
};

} // namespace

namespace {

/// With a host of a node "w" beside its own, and a job that asks for slots.
struct a_leader_with_a_worker : a_leader {
  std::string granted_to;
  dispatch::client job =
      system.spawn([this](dispatch::client::pointer) -> dispatch::client::behavior_type {
        return {[this](const dispatch::granted& it) { granted_to = it.host_id; },
                [](const dispatch::revoked&) {}};
      });
  int attempts = 0;

  a_leader_with_a_worker() { host_of_w(dispatch::slots{0, 0, 1, 0, 1, 1, 0}); }
  ~a_leader_with_a_worker() { caf::anon_send_exit(job, caf::exit_reason::kill); }

  void host_of_w(const dispatch::slots& capacity) {
    dispatch::host_up up;
    up.host_id = "w/host-1";
    up.incarnation = "1";
    up.capacity = capacity;
    up.place = {"w", {"it is w"}};
    caf::anon_send(dispatch, up);
    run();
  }
  /// Where it runs, and how that ends.
  std::string runs(const std::string& work, dispatch::task_end how,
                   const std::string& failed_at = {}, std::vector<std::string> needs = {}) {
    dispatch::want_slot want;
    want.task_id = work + "#" + std::to_string(++attempts);
    want.job_id = "job";
    want.failed_at = failed_at;
    want.needs = std::move(needs);
    want.asker = job;
    granted_to.clear();
    caf::anon_send(dispatch, want);
    run();
    caf::anon_send(dispatch, dispatch::slot_free{want.task_id, how, "it was to fail"});
    run();
    return granted_to;
  }
  void fails_at_w_and_succeeds_elsewhere(const std::string& work) {
    using dispatch::task_end;
    BOOST_TEST(runs(work, task_end::failed, {}, {"it is w"}) == "w/host-1");
    BOOST_TEST(runs(work, task_end::done, "w/host-1") == "host-1");
  }
  void is_found_bad() {
    for (const auto* work : {"job/encode/1", "job/encode/2", "job/encode/3"})
      fails_at_w_and_succeeds_elsewhere(work);
    pass(1s);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_whose_work_fails_where_others_succeed, a_leader_with_a_worker)

BOOST_AUTO_TEST_CASE(is_quarantined_with_the_evidence_whoever_leads) {
  BOOST_TEST(heavy_slots() == 2u);
  is_found_bad();
  BOOST_TEST(heavy_slots() == 1u);
  const auto evidence = seen("w").quarantine;
  BOOST_TEST(evidence == "3 of 3 pieces of work failed here and succeeded elsewhere in 15 min; of "
                         "others 0 of 3; the last was job/encode/3, which another node has done: "
                         "it was to fail");
  another_one_leads();
  BOOST_TEST(heavy_slots() == 1u);
  BOOST_TEST(seen("w").quarantine == evidence);
  BOOST_TEST(seen("w").reason == "it has not come yet; also quarantined: " + evidence);
}

BOOST_AUTO_TEST_CASE(works_again_when_it_is_uncordoned_and_needs_new_evidence) {
  is_found_bad();
  BOOST_TEST(order(node_action::uncordon, "w").ok());
  BOOST_TEST(heavy_slots() == 2u);
  BOOST_TEST(!store->documents.contains("node_order/w"));
  for (const auto* work : {"job/encode/4", "job/encode/5"})
    fails_at_w_and_succeeds_elsewhere(work);
  pass(1s);
  BOOST_TEST(heavy_slots() == 2u);
  fails_at_w_and_succeeds_elsewhere("job/encode/6");
  pass(1s);
  BOOST_TEST(heavy_slots() == 1u);
}

BOOST_AUTO_TEST_CASE(is_tried_again_after_its_time) {
  order(node_action::cordon, "w", "new disk");
  order(node_action::uncordon, "w");
  is_found_bad();
  unix_ms += 3'599'999;
  pass(1s);
  BOOST_TEST(heavy_slots() == 1u);
  ++unix_ms;
  pass(1s);
  BOOST_TEST(heavy_slots() == 2u);
  BOOST_TEST(!store->documents.contains("node_order/w"));
}

BOOST_AUTO_TEST_CASE(stays_when_nobody_else_can_do_what_it_does) {
  // Sources are read by the leader's own host alone.
  for (const auto* work : {"job/encode/1", "job/encode/2", "job/encode/3", "job/encode/4"}) {
    BOOST_TEST(runs(work, dispatch::task_end::failed, "w/host-1") == "host-1");
    BOOST_TEST(runs(work, dispatch::task_end::done, "host-1") == "w/host-1");
  }
  pass(1s);
  BOOST_TEST(heavy_slots() == 2u);
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_order_on_a_node, a_leader)

BOOST_AUTO_TEST_CASE(is_committed_with_its_line_and_shown_with_reason_and_time) {
  BOOST_TEST(order(node_action::cordon, "b", "new disk").ok());
  BOOST_TEST(lines() == "cordon b {\"cause\":\"new disk\"} by ann\n");
  BOOST_TEST(store->writes == 1u);
  BOOST_TEST(seen("b").state == "cordoned");
  BOOST_TEST(seen("b").reason == "new disk");
  BOOST_TEST(seen("b").by == "ann");
  BOOST_TEST(seen("b").state_since_unix_ms == unix_ms);
  BOOST_TEST(seen("a").state == "up");
}

BOOST_AUTO_TEST_CASE(outlasts_the_leader_and_is_taken_back_by_uncordon) {
  order(node_action::cordon, "a", "noisy fan");
  BOOST_TEST(heavy_slots() == 0u);
  unix_ms += 5'000;
  another_one_leads();
  BOOST_TEST(seen("a").state == "cordoned");
  BOOST_TEST(seen("a").reason == "noisy fan");
  BOOST_TEST(seen("a").state_since_unix_ms == unix_ms - 5'000);
  BOOST_TEST(heavy_slots() == 0u);
  BOOST_TEST(order(node_action::uncordon, "a").ok());
  BOOST_TEST(seen("a").state == "up");
  BOOST_TEST(heavy_slots() == 1u);
  BOOST_TEST(!store->documents.contains("node_order/a"));
  BOOST_TEST(lines().find("uncordon a  by ann\n") != std::string::npos, lines());
  const auto writes = store->writes;
  BOOST_TEST(order(node_action::uncordon, "a").ok()); // nothing to take back
  BOOST_TEST(store->writes == writes);
  another_one_leads();
  BOOST_TEST(heavy_slots() == 1u);
}

BOOST_AUTO_TEST_CASE(opens_hosts_again_that_the_leader_before_had_closed_and_others_have_freed) {
  order(node_action::cordon, "a");
  BOOST_TEST(heavy_slots() == 0u);
  store->documents.erase("node_order/a"); // by a leader in between
  another_one_leads();
  BOOST_TEST(heavy_slots() == 1u);
}

BOOST_AUTO_TEST_CASE(is_refused_to_whoever_may_not_give_it) {
  const auto mere = order({"eve", "*", role::publisher}, node_action::cordon, "b");
  BOOST_TEST((mere.why == refusal::forbidden));
  BOOST_TEST(mere.what == "this takes the role operator, and yours is publisher");
  const auto of_tenant = order({"eve", "news", role::operator_}, node_action::drain, "b");
  BOOST_TEST((of_tenant.why == refusal::forbidden));
  BOOST_TEST(of_tenant.what == "nodes are shared between tenants");
  BOOST_TEST(store->documents.empty());
  BOOST_TEST(seen("b").state == "up");
}

BOOST_AUTO_TEST_CASE(is_refused_for_a_node_that_nobody_knows) {
  for (const auto what : {node_action::cordon, node_action::uncordon, node_action::drain}) {
    const auto refused = order(what, "z");
    BOOST_TEST((refused.why == refusal::not_found));
    BOOST_TEST(refused.what == "no node is called z");
    BOOST_TEST(refused.advice == "the nodes are: a, b, c");
  }
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(changes_nothing_while_the_ledger_is_away) {
  store->trouble = "connection refused";
  const auto refused = order(node_action::cordon, "a");
  BOOST_TEST((refused.why == refusal::busy));
  BOOST_TEST(heavy_slots() == 1u);
  BOOST_TEST(seen("a").state == "up");
  store->trouble.clear();
  BOOST_TEST(order(node_action::cordon, "a").ok());
  BOOST_TEST(heavy_slots() == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_taken_before_it_is_known_what_was_ordered) {
  caf::anon_send_exit(membership, caf::exit_reason::kill);
  store->trouble = "starting";
  begin();
  BOOST_TEST(order(node_action::cordon, "b").what ==
             "what is ordered of nodes is still being read");
  store->trouble.clear();
  pass(1s);
  BOOST_TEST(order(node_action::cordon, "b").ok());
}

BOOST_AUTO_TEST_CASE(drains_a_follower_and_its_next_process_works_again) {
  BOOST_TEST(order(node_action::drain, "b", "upgrade").ok());
  BOOST_TEST(seen("b").state == "draining");
  BOOST_TEST(ends == 0);
  another_one_leads();
  pass(1s);
  BOOST_TEST(seen("b").state == "draining");
  others_say("b-2");
  pass(1s);
  BOOST_TEST(seen("b").state == "up");
  BOOST_TEST(!store->documents.contains("node_order/b"));
}

BOOST_AUTO_TEST_CASE(keeps_the_cordon_of_a_node_that_is_drained) {
  order(node_action::cordon, "b", "new disk");
  order(node_action::drain, "b", "upgrade");
  BOOST_TEST(seen("b").reason == "upgrade");
  others_say("b-2");
  pass(1s);
  BOOST_TEST(seen("b").state == "cordoned");
  BOOST_TEST(seen("b").reason == "new disk");
}

BOOST_AUTO_TEST_CASE(drains_the_node_that_leads_when_another_one_may) {
  BOOST_TEST(order(node_action::drain, "a", "upgrade").ok());
  BOOST_TEST(ends == 0); // who has asked has the answer first
  pass(200ms);
  BOOST_TEST(ends == 1);
  BOOST_TEST(lines() == "drain a {\"cause\":\"upgrade\"} by ann\n");
}

BOOST_AUTO_TEST_CASE(is_refused_when_the_node_that_leads_would_leave_nobody) {
  order(node_action::cordon, "b"); // it is not to get anything new, so not the lead either
  const auto refused = order(node_action::drain, "a");
  BOOST_TEST((refused.why == refusal::conflict));
  BOOST_TEST(refused.what == "node a leads, and no other node may lead");
  pass(1s);
  BOOST_TEST(ends == 0);
  BOOST_TEST(seen("a").state == "up");
}

BOOST_AUTO_TEST_CASE(is_refused_as_a_drain_of_a_node_that_is_not_there) {
  const auto refused = order(node_action::drain, "c");
  BOOST_TEST((refused.why == refusal::conflict));
  BOOST_TEST(refused.what == "node c is not there, so there is nothing to drain");
  BOOST_TEST(order(node_action::cordon, "c").ok());
  BOOST_TEST(seen("c").state == "silent");
  BOOST_TEST(seen("c").reason == "also cordoned");
}

BOOST_AUTO_TEST_SUITE_END()
