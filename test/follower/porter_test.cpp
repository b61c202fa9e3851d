#include "actors/follower/spawn.hpp"
#include "cluster/desk/inbox.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

namespace {

using namespace vdoc;
using desk::refusal;

struct a_follower : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  ledger::actor ledger = test::spawn_ledger(system, store);
  desk::node_doors leader{"a", "tcp://a:5555", "http://a:8080"};
  queue::actor porter;
  schedule::actor timekeeper = follower::spawn_schedule(system, [this] { return leader; });

  explicit a_follower(bool has_quotas = false) {
    follower::means with;
    with.find_ledger = [this] { return ledger; };
    with.leader = [this] { return leader; };
    with.new_letter = [] { return "letter-1"; };
    with.node = "b";
    with.has_quotas = has_quotas;
    porter = follower::spawn_queue(system, std::move(with));
  }
  ~a_follower() {
    for (const auto& each :
         {caf::actor_cast<caf::actor>(ledger), caf::actor_cast<caf::actor>(porter),
          caf::actor_cast<caf::actor>(timekeeper)})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    run();
  }
  static ledger::job job(const std::string& id, const std::string& key = "") {
    ledger::job made;
    made.id = id;
    made.source = "/films/talk.mp4";
    made.idempotency_key = key;
    return made;
  }
  queue::submitted submit(std::vector<ledger::job> jobs) {
    return answer_of<queue::submitted>(porter, queue::submit{std::move(jobs)});
  }
};

struct a_follower_with_quotas : a_follower {
  a_follower_with_quotas() : a_follower{true} {}
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

BOOST_AUTO_TEST_SUITE_END()
