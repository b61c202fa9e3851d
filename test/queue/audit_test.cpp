#include "actors/desk/spawn.hpp"
#include "cluster/desk/audit.hpp"
#include "test/queue/a_queue.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

/// DESK in front of QUEUE and its ledger in memory.
struct a_desk_on_a_queue : test::a_queue_on_a_memory_ledger {
  const desk::caller ann{"ann", "*", desk::role::admin, "http"};
  std::unique_ptr<desk::desk> front = open();
  std::vector<desk::verdict> answers;

  ~a_desk_on_a_queue() {
    front.reset();
    run();
  }
  std::unique_ptr<desk::desk> open() {
    front_desk::means with;
    with.find_queue = [this] { return queue; };
    with.find_reader = with.find_lister = [this] { return reader; };
    with.find_schedule = [] { return schedule::actor{}; };
    with.new_job_id = [this] { return "chance-" + std::to_string(++numbers); };
    with.unix_ms = [this] { return unix_ms; };
    with.line_of_submit = [this](const desk::caller& who) -> std::optional<ledger::document> {
      if (who.name.empty())
        return std::nullopt;
      auto line = desk::line_of_submit(who);
      line.at_unix_ms = unix_ms;
      return to_document(line, "chance-" + std::to_string(++numbers));
    };
    with.live = live;
    return front_desk::open(system, std::move(with));
  }

  desk::then<desk::verdict> keep_answer() {
    return [this](desk::verdict how) { answers.push_back(std::move(how)); };
  }
  void order(const std::string& id, desk::job_order what) {
    front->order(ann, id, std::move(what), keep_answer());
    run();
  }
  void cancel(const std::string& id) { order(id, {desk::job_action::cancel, 0, "", "wrong file"}); }
  std::string submit_waiting(const std::string& callback = "") {
    auto what = job();
    what.not_before_unix_ms = unix_ms + 60'000;
    what.callback = callback;
    return submit(what).job_id;
  }

  /// "cancel job-1 {...} by ann at 17", the newest first.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const auto& [name, one] : store->documents)
      if (const auto it = one.kind == desk::audit_kind ? desk::audit_line_from(one) : std::nullopt)
        all.push_back(it->what + " " + it->subject + " " + it->detail + " by " + it->who + " at " +
                      std::to_string(it->at_unix_ms));
    return all;
  }
};

const std::string at_first = " by ann at 1764576000000";

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_audit_log, a_desk_on_a_queue)

BOOST_AUTO_TEST_CASE(has_its_line_when_the_cancel_of_a_running_job_is_committed_and_not_before) {
  const auto id = submit_one();
  cancel(id);
  BOOST_TEST(puppets.back()->interrupted);
  BOOST_TEST(lines().empty()); // nothing has been changed yet
  pass_time(1s);
  BOOST_TEST((state_of(id) == ledger::job_state::cancelled));
  BOOST_TEST(lines() ==
                 std::vector<std::string>{"cancel " + id + R"( {"cause":"wrong file"})" + at_first},
             boost::test_tools::per_element());
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers.front().ok());
}

BOOST_AUTO_TEST_CASE(names_everybody_who_has_cancelled_a_job) {
  const auto id = submit_one();
  cancel(id);
  ++unix_ms;
  front->order({"bob", "*", desk::role::admin}, id, {}, keep_answer());
  run();
  pass_time(1s);
  BOOST_TEST(lines() == (std::vector<std::string>{"cancel " + id + "  by bob at 1764576000001",
                                                  "cancel " + id + R"( {"cause":"wrong file"})" +
                                                      at_first}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(has_no_line_of_a_cancel_that_came_too_late) {
  const auto id = submit_one();
  cancel(id);
  ends("succeeded");
  BOOST_TEST((state_of(id) == ledger::job_state::succeeded));
  BOOST_TEST((answers.at(0).why == desk::refusal::conflict));
  BOOST_TEST(lines().empty());
}

BOOST_AUTO_TEST_CASE(has_no_line_of_what_the_ledger_did_not_take_and_changes_nothing) {
  const auto id = submit_waiting(R"({"url":"https://hook"})");
  store->trouble = "connection refused";
  cancel(id);
  front->set_queue(ann, "default", {true, {}, {}}, keep_answer());
  run();
  for (const auto& how : answers)
    BOOST_TEST((how.why == desk::refusal::busy), how.what);
  BOOST_TEST(answers.size() == 2u);
  store->trouble.clear();
  BOOST_TEST(store->documents.empty());
  BOOST_TEST(delivered.empty());
  pass_time(1s);
  cancel(id);
  BOOST_TEST((state_of(id) == ledger::job_state::cancelled));
  BOOST_TEST(lines().size() == 1u);
  BOOST_TEST(delivered.size() == 1u); // and whoever waits for the end has not been forgotten
}

BOOST_AUTO_TEST_CASE(is_spooled_with_the_end_of_a_job_while_the_ledger_is_away) {
  const auto id = submit_one();
  cancel(id);
  store->trouble = "gone";
  pass_time(1s);
  BOOST_TEST((state_of(id) == ledger::job_state::cancelled)); // the stand-in's spool
  BOOST_TEST(lines().size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_a_line_of_every_kind_of_change) {
  const auto waiting = submit_waiting();
  order(waiting, {desk::job_action::reprioritise, 7, "", ""});
  const auto id = submit_one();
  ends("failed", {culprit::user, "empty", "", ""});
  ++unix_ms;
  order(id, {desk::job_action::retry, 0, R"({"kind":"noop"})", ""});
  ++unix_ms;
  front->set_queue(ann, "slow", {true, 3, {}}, keep_answer());
  run();
  ++unix_ms;
  front->set_tenant(ann, "acme", {{desk::tenant_limit::queued, 9}, {desk::tenant_limit::share, {}}},
                    keep_answer());
  run();
  BOOST_TEST(lines() ==
                 (std::vector<std::string>{
                     R"(set tenant acme {"queued":9,"share":null} by ann at 1764576000003)",
                     R"(set queue slow {"paused":true,"concurrency":3} by ann at 1764576000002)",
                     "retry " + id + R"( {"spec":{"kind":"noop"}} by ann at 1764576000001)",
                     "reprioritise " + waiting + R"( {"priority":7})" + at_first}),
             boost::test_tools::per_element());
  BOOST_TEST(store->history_of(id).starts_with("submitted started failed requeued"));
}

BOOST_AUTO_TEST_CASE(has_one_line_for_the_new_jobs_of_a_submit_in_their_transaction) {
  const auto waiting = [this](const std::string& key) {
    auto what = job();
    what.idempotency_key = key;
    what.not_before_unix_ms = unix_ms + 60'000;
    return what;
  };
  std::vector<desk::admission> each;
  const auto submit_all = [&](const desk::caller& who, std::vector<ledger::job> jobs) {
    front->submit(who, std::move(jobs),
                  [&](std::vector<desk::admission> how) { each = std::move(how); });
    run();
  };
  const auto before = store->writes;
  submit_all(ann, {waiting("one"), waiting("two")});
  BOOST_TEST(store->writes == before + 1);
  const auto one = each.at(0).job_id, two = each.at(1).job_id;
  const auto first =
      "submit " + one + R"( {"jobs":[")" + one + R"(",")" + two + R"("]})" + at_first;
  BOOST_TEST(lines() == std::vector{first}, boost::test_tools::per_element());
  ++unix_ms;
  submit_all(ann, {waiting("one"), waiting("three")});
  BOOST_TEST(each.at(0).known_already);
  BOOST_TEST(lines() ==
                 (std::vector{"submit " + each.at(1).job_id + "  by ann at 1764576000001", first}),
             boost::test_tools::per_element());
  submit_all(ann, {waiting("one"), waiting("two")});
  submit_all({"", "*", desk::role::admin, "zmq"}, {waiting("four")});
  store->trouble = "gone";
  submit_all(ann, {waiting("five")});
  BOOST_TEST((each.at(0).how.why == desk::refusal::busy));
  BOOST_TEST(lines().size() == 2U);
}

BOOST_AUTO_TEST_CASE(has_no_line_of_what_the_caller_may_not_do) {
  const auto id = submit_waiting();
  front->order({"eve", "default", desk::role::viewer}, id, {}, keep_answer());
  front->set_queue({"eve", "default", desk::role::operator_}, "default", {true, {}, {}},
                   keep_answer());
  const desk::tenant_change more{{desk::tenant_limit::queued, 0}};
  front->set_tenant({"eve", "acme", desk::role::admin}, "acme", more, keep_answer());
  front->set_tenant({"eve", "*", desk::role::operator_}, "acme", more, keep_answer());
  front->set_tenant(ann, "Acme!", more, keep_answer());
  run();
  BOOST_TEST(answers.size() == 5u);
  for (const auto& how : answers)
    BOOST_TEST(!how.ok());
  BOOST_TEST((answers.back().why == desk::refusal::bad_request));
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_SUITE_END()
