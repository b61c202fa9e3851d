#include "actors/follower/spawn.hpp"
#include "cluster/desk/inbox.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace {

using namespace vdoc;
using desk::refusal;
using namespace std::chrono_literals;

struct a_follower : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  std::shared_ptr<desk::tenant_book> tenants;
  desk::node_doors leader{"a", "tcp://a:5555", "http://a:8080"};
  queue::actor porter;
  schedule::actor timekeeper;
  queue::actor own_queue; ///< once it leads itself

  explicit a_follower(const desk::tenant_limits& of_all = {})
      : tenants{std::make_shared<desk::tenant_book>(of_all)} {
    follower::means with;
    with.find_ledger = [this] { return ledger; };
    with.leader = [this] { return leader; };
    with.new_letter = [] { return "letter-1"; };
    with.node = "b";
    with.find_reader = [this] { return reader; };
    with.tenants = tenants;
    with.find_queue = [this] { return own_queue; };
    with.find_schedule = [] { return schedule::actor{}; };
    porter = follower::spawn_queue(system, with);
    timekeeper = follower::spawn_schedule(system, std::move(with));
    run();
  }
  ~a_follower() {
    for (const auto& each :
         {caf::actor_cast<caf::actor>(ledger), caf::actor_cast<caf::actor>(reader),
          caf::actor_cast<caf::actor>(porter), caf::actor_cast<caf::actor>(timekeeper),
          caf::actor_cast<caf::actor>(own_queue)})
      if (each)
        caf::anon_send_exit(each, caf::exit_reason::kill);
    run();
  }
  /// Sets `how` when there is an answer.
  void ask_for_order(std::optional<desk::verdict>& how) {
    system.spawn([this, &how](caf::event_based_actor* asker) {
      asker->request(porter, caf::infinite, queue::order{}).then([&how](const queue::ordered& it) {
        how = it.how;
      });
    });
  }
  /// Which does whatever it is told.
  queue::actor a_queue() {
    return system.spawn([]() -> queue::actor::behavior_type {
      return {
          [](const queue::submit& asked) {
            return queue::submitted{std::vector<desk::admission>(asked.jobs.size())};
          },
          [](const queue::order&) { return queue::ordered{}; },
          [](const queue::set_queue&) { return queue::ordered{}; },
          [](const queue::set_tenant&) { return queue::ordered{}; },
          [](const queue::look&) { return desk::overview{}; },
          [](const queue::drain&) { return queue::drained{}; },
          [](const queue::arrivals&) {},
          [](const queue::reset_source&) {},
      };
    });
  }
  static ledger::job job(const std::string& id, const std::string& key = "",
                         const std::string& tenant = "default") {
    ledger::job made;
    made.tenant = tenant;
    made.id = id;
    made.source = "/films/talk.mp4";
    made.idempotency_key = key;
    return made;
  }
  queue::submitted submit(std::vector<ledger::job> jobs) {
    return answer_of<queue::submitted>(porter, queue::submit{std::move(jobs)});
  }
};

desk::tenant_limits with_few_jobs() {
  desk::tenant_limits all;
  all[desk::tenant_limit::queued] = 100;
  return all;
}

struct a_follower_with_quotas : a_follower {
  a_follower_with_quotas() : a_follower{with_few_jobs()} {}
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_that_does_not_lead, a_follower)

BOOST_AUTO_TEST_CASE(commits_jobs_with_a_letter_to_the_leader) {
  const auto how = submit({job("1"), job("2")});
  BOOST_REQUIRE(how.each.size() == 2u);
  BOOST_TEST(how.each[1].how.ok());
  BOOST_TEST(how.each[1].job_id == "2");
  BOOST_TEST(store->history_of("1") == "submitted");
  BOOST_TEST(store->writes == 1u); // in one transaction
  BOOST_TEST(
      (desk::jobs_in(store->documents.at("inbox/letter-1")) == std::vector<std::string>{"1", "2"}));
}

BOOST_AUTO_TEST_CASE(knows_keys_again_and_writes_no_letter_about_them) {
  submit({job("1", "k")});
  store->documents.clear();
  const auto how = submit({job("2", "k")});
  BOOST_TEST(how.each.at(0).known_already);
  BOOST_TEST(how.each.at(0).job_id == "1");
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(commits_the_line_of_the_audit_log_with_them) {
  queue::submit asked{{job("1")}, ledger::document{"audit", "line", R"({"who":"x"})"}};
  answer_of<queue::submitted>(porter, std::move(asked));
  BOOST_TEST(store->documents.contains("audit/line"));
  BOOST_TEST(store->documents.contains("inbox/letter-1"));
}

BOOST_AUTO_TEST_CASE(takes_nothing_while_the_ledger_is_away) {
  store->trouble = "gone";
  const auto how = submit({job("1")});
  BOOST_TEST((how.each.at(0).how.why == refusal::busy));
  BOOST_TEST(store->jobs.empty());
  BOOST_TEST(!answer_of<desk::overview>(porter, queue::look{}).ready);
}

BOOST_AUTO_TEST_CASE(sends_everybody_else_to_the_leader) {
  const auto order = answer_of<queue::ordered>(porter, queue::order{}).how;
  BOOST_TEST((order.why == refusal::not_leader));
  BOOST_TEST((order.leader == leader));
  BOOST_TEST(order.retry_after_ms > 0u);
  BOOST_TEST(
      (answer_of<queue::ordered>(porter, queue::set_queue{}).how.why == refusal::not_leader));
  BOOST_TEST(
      (answer_of<schedule::settled>(timekeeper, schedule::put{}).how.why == refusal::not_leader));
  BOOST_TEST((answer_of<desk::schedule_views>(timekeeper, schedule::look{}).how.leader == leader));
}

BOOST_AUTO_TEST_CASE(keeps_what_is_the_leaders_until_it_is_known_who_that_is) {
  leader = {};
  std::optional<desk::verdict> how;
  ask_for_order(how);
  pass(3'900ms);
  BOOST_TEST(!how.has_value());
  leader = {"a", "tcp://a:5555", "http://a:8080"};
  pass(50ms);
  BOOST_TEST_REQUIRE(how.has_value());
  BOOST_TEST((how->leader == leader));
}

BOOST_AUTO_TEST_CASE(says_after_four_seconds_that_nobody_leads) {
  leader.node = "b"; // itself, and it does not get that far
  std::optional<desk::verdict> how;
  ask_for_order(how);
  pass(3'900ms);
  BOOST_TEST(!how.has_value());
  pass(200ms);
  BOOST_TEST_REQUIRE(how.has_value());
  BOOST_TEST((how->why == refusal::not_leader));
  BOOST_TEST(how->leader.node == "");
}

BOOST_AUTO_TEST_CASE(passes_on_what_it_kept_when_it_leads_itself) {
  leader = {};
  std::optional<desk::verdict> how;
  ask_for_order(how);
  pass(100ms);
  BOOST_TEST(!how.has_value());
  own_queue = a_queue();
  pass(50ms);
  BOOST_TEST_REQUIRE(how.has_value());
  BOOST_TEST(how->ok());
}

BOOST_AUTO_TEST_CASE(is_ready_when_somebody_else_leads) {
  BOOST_TEST(answer_of<desk::overview>(porter, queue::look{}).ready);
  leader = {};
  BOOST_TEST(!answer_of<desk::overview>(porter, queue::look{}).ready);
  leader.node = "b"; // it is going to lead itself
  BOOST_TEST(!answer_of<desk::overview>(porter, queue::look{}).ready);
}

BOOST_FIXTURE_TEST_CASE(leaves_jobs_to_the_leader_where_tenants_have_quotas,
                        a_follower_with_quotas) {
  const auto how = submit({job("1")});
  BOOST_TEST((how.each.at(0).how.why == refusal::not_leader));
  BOOST_TEST((how.each.at(0).how.leader == leader));
  BOOST_TEST(store->jobs.empty());
}

BOOST_AUTO_TEST_CASE(leaves_jobs_of_a_tenant_to_the_leader_whose_jobs_or_bytes_are_counted) {
  const auto set = [&](const char* tenant, const char* body) {
    store->documents["tenant/" + std::string{tenant}] = {desk::tenant_kind, tenant, body};
  };
  set("busy", R"({"queued":3})");
  set("rich", R"({"stored_mb":3})");
  set("quick", R"({"running":1,"upload_gb":1,"share":9})"); // what holds without counting here
  pass(2'100ms);
  const auto takes = [&](const char* id, const char* tenant) {
    return submit({job(id, "", tenant)}).each.at(0).how.ok();
  };
  BOOST_TEST(!takes("1", "busy"));
  BOOST_TEST(!takes("2", "rich"));
  BOOST_TEST(takes("3", "quick"));
  BOOST_TEST(takes("4", "other"));
  const auto both = submit({job("5", "", "other"), job("6", "", "busy")});
  BOOST_TEST((both.each.at(0).how.why == refusal::not_leader));
  BOOST_TEST((both.each.at(1).how.why == refusal::not_leader));
  store->documents.erase("tenant/busy");
  pass(2'100ms);
  BOOST_TEST(takes("7", "busy"));
}

BOOST_AUTO_TEST_CASE(takes_nothing_before_it_knows_what_tenants_may_have) {
  caf::anon_send_exit(porter, caf::exit_reason::kill);
  store->trouble = "gone";
  follower::means with;
  with.find_ledger = [this] { return ledger; };
  with.find_reader = [this] { return reader; };
  with.leader = [this] { return leader; };
  with.find_queue = [this] { return own_queue; };
  with.tenants = tenants;
  with.node = "b";
  with.new_letter = [] { return "letter-1"; };
  porter = follower::spawn_queue(system, with);
  run();
  store->trouble.clear();
  BOOST_TEST((submit({job("1")}).each.at(0).how.why == refusal::not_leader));
  BOOST_TEST(!answer_of<desk::overview>(porter, queue::look{}).ready);
  pass(1'100ms);
  BOOST_TEST(submit({job("1")}).each.at(0).how.ok());
  BOOST_TEST(answer_of<desk::overview>(porter, queue::look{}).ready);
}

BOOST_AUTO_TEST_SUITE_END()
