#include "actors/dispatch/spawn.hpp"
#include "cluster/resources/measures.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::dispatch;

/// DISPATCH with jobs that write down what they hear: "a: +t1@h1 -t1(SIGSEGV)".
struct a_node_without_processes : test::stepped_actors {
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  actor dispatch = spawn(system, {measures, true, {}});
  std::map<std::string, std::string> heard;
  std::map<std::string, client> jobs;
  std::map<std::string, caf::actor> agents;

  ~a_node_without_processes() {
    for (auto& [name, job] : jobs)
      caf::anon_send_exit(job, caf::exit_reason::kill);
    for (auto& [name, agent] : agents)
      caf::anon_send_exit(agent, caf::exit_reason::kill);
    caf::anon_send_exit(dispatch, caf::exit_reason::kill);
    jobs.clear();
    agents.clear();
    run();
  }

  client job(const std::string& name) {
    if (!jobs.contains(name))
      jobs[name] = system.spawn([this, name](client::pointer) -> client::behavior_type {
        return {[this, name](const granted& it) {
                  heard[name] += "+" + it.task_id + "@" + it.host_id +
                                 (it.twin_of.empty() ? " " : "=" + it.twin_of + " ");
                },
                [this, name](const revoked& it) {
                  heard[name] += "-" + it.task_id + "(" + it.loss.cause + ") ";
                }};
      });
    return jobs[name];
  }
  template <class Message> void tell(Message what) {
    caf::anon_send(dispatch, std::move(what));
    run();
  }
  void wants(const std::string& who, const std::string& task, const expense& cost = {}) {
    want_slot wish;
    wish.cost = cost;
    wish.task_id = task;
    wish.job_id = who;
    wish.asker = job(who);
    tell(wish);
  }
  void comes_up(const std::string& host, const std::string& incarnation = "1",
                const std::string& node = {}) {
    agents[host] = system.spawn([](caf::event_based_actor*) { return caf::behavior{[](int) {}}; });
    host_up up;
    up.host_id = host;
    up.incarnation = incarnation;
    up.place.node = node;
    up.agent = caf::actor_cast<caf::strong_actor_ptr>(agents[host]);
    tell(up);
  }
  load now() {
    auto answer = self->request(dispatch, caf::infinite, look{});
    run();
    load seen;
    answer.receive([&](const load& it) { seen = it; },
                   [](const caf::error&) { BOOST_ERROR("no answer"); });
    return seen;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_dispatch_actor, a_node_without_processes)

BOOST_AUTO_TEST_CASE(grants_a_slot_to_the_job_that_waits) {
  wants("a", "t1");
  wants("a", "t2");
  comes_up("h1");
  BOOST_TEST(heard["a"] == "+t1@h1 ");
  tell(slot_free{"t1"});
  BOOST_TEST(heard["a"] == "+t1@h1 +t2@h1 ");
}

BOOST_AUTO_TEST_CASE(heeds_urgency_then_priority) {
  wants("a", "t1");
  comes_up("h1");
  const auto wish = [&](const char* task, urgency haste, std::int32_t priority) {
    want_slot it;
    it.task_id = task;
    it.job_id = it.task_id;
    it.haste = haste;
    it.priority = priority;
    it.asker = job("all");
    tell(it);
  };
  wish("batch", urgency::batch, 1000);
  wish("first_batch", urgency::batch, 1001);
  wish("live", urgency::live, -1000);
  for (const char* over : {"t1", "live", "first_batch"})
    tell(slot_free{over});
  BOOST_TEST(heard["all"] == "+live@h1 +first_batch@h1 +batch@h1 ");
}

BOOST_AUTO_TEST_CASE(gives_tenants_their_shares_of_the_slots) {
  caf::anon_send_exit(dispatch, caf::exit_reason::kill);
  dispatch = spawn(system, {measures, true, {{"acme", 3}}});
  const auto wish = [&](const std::string& tenant, int first, int last) {
    for (int number = first; number <= last; ++number) {
      want_slot it;
      it.task_id = tenant + std::to_string(number);
      it.job_id = it.tenant = tenant;
      it.asker = job(tenant);
      tell(it);
    }
  };
  const auto granted = [&](const char* tenant) { return std::ranges::count(heard[tenant], '+'); };
  for (int host = 1; host <= 4; ++host)
    comes_up("h" + std::to_string(host));
  wish("others", 1, 4); // all slots, while nobody else wants any
  wish("news", 1, 8);
  wish("acme", 1, 8);
  for (int number = 1; number <= 4; ++number)
    tell(slot_free{"others" + std::to_string(number)});
  BOOST_TEST(granted("acme") == 3);
  BOOST_TEST(granted("news") == 1);
}

BOOST_AUTO_TEST_CASE(gives_a_tenant_the_share_that_is_set_while_its_tasks_wait) {
  const auto wish = [&](const std::string& tenant, int tasks) {
    for (int number = 1; number <= tasks; ++number) {
      want_slot it;
      it.task_id = tenant + std::to_string(number);
      it.job_id = it.tenant = tenant;
      it.asker = job(tenant);
      tell(it);
    }
  };
  for (int host = 1; host <= 4; ++host)
    comes_up("h" + std::to_string(host));
  wish("others", 4);
  wish("news", 8);
  wish("acme", 8);
  tell(set_share{"acme", 3});
  for (int number = 1; number <= 4; ++number)
    tell(slot_free{"others" + std::to_string(number)});
  BOOST_TEST(std::ranges::count(heard["acme"], '+') == 3);
  BOOST_TEST(std::ranges::count(heard["news"], '+') == 1);
}

BOOST_AUTO_TEST_CASE(tells_the_cause_when_a_host_is_lost) {
  comes_up("h1");
  wants("a", "t1");
  tell(host_down{"h1", "1", {host_end::crashed, "SIGSEGV"}});
  BOOST_TEST(heard["a"] == "+t1@h1 -t1(SIGSEGV) ");
  BOOST_TEST(now().hosts == 0u);
}

BOOST_AUTO_TEST_CASE(waits_for_the_cause_when_only_the_connection_breaks) {
  comes_up("h1");
  wants("a", "t1");
  caf::anon_send_exit(agents["h1"], caf::exit_reason::kill);
  pass(2999ms);
  BOOST_TEST(heard["a"] == "+t1@h1 ");
  pass(1ms);
  BOOST_TEST(heard["a"] == "+t1@h1 -t1(the connection broke) ");
}

BOOST_AUTO_TEST_CASE(prefers_the_cause_that_hosts_knows_to_a_broken_connection) {
  comes_up("h1");
  wants("a", "t1");
  caf::anon_send_exit(agents["h1"], caf::exit_reason::kill);
  pass(10ms);
  tell(host_down{"h1", "1", {host_end::crashed, "SIGABRT"}});
  comes_up("h1", "2");
  wants("a", "t1");
  pass(4000ms);
  BOOST_TEST(heard["a"] == "+t1@h1 -t1(SIGABRT) +t1@h1 ");
}

BOOST_AUTO_TEST_CASE(ignores_the_end_of_an_older_incarnation) {
  comes_up("h1", "1");
  comes_up("h1", "2");
  wants("a", "t1");
  tell(host_down{"h1", "1", {host_end::crashed, "SIGSEGV"}});
  BOOST_TEST(heard["a"] == "+t1@h1 ");
}

BOOST_AUTO_TEST_CASE(frees_the_slots_of_a_job_that_ended) {
  comes_up("h1");
  wants("a", "t1");
  wants("a", "t2");
  wants("b", "t3");
  caf::anon_send_exit(jobs["a"], caf::exit_reason::kill);
  run();
  BOOST_TEST(heard["b"] == "+t3@h1 ");
  BOOST_TEST(now().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(gives_nothing_to_a_host_that_drains) {
  comes_up("h1");
  tell(host_drains{"h1"});
  wants("a", "t1");
  BOOST_TEST(heard["a"] == "");
  BOOST_TEST(now().heavy_slots == 0u);
  BOOST_TEST(now().waiting == 1u);
}

BOOST_AUTO_TEST_CASE(begins_nothing_of_a_paused_stage_until_it_goes_on) {
  comes_up("h1");
  tell(set_stage{stage::transcode, {true, 0, 0}});
  wants("a", "t1");
  pass(60s);
  BOOST_TEST(heard["a"] == "");
  tell(set_stage{stage::transcode, {}});
  BOOST_TEST(heard["a"] == "+t1@h1 ");
}

BOOST_AUTO_TEST_CASE(begins_the_next_task_of_a_stage_when_its_rate_allows) {
  comes_up("h1");
  tell(set_stage{stage::transcode, {false, 0, 60}});
  wants("a", "t1");
  wants("a", "t2");
  tell(slot_free{"t1"});
  pass(999ms);
  BOOST_TEST(heard["a"] == "+t1@h1 ");
  pass(1ms);
  BOOST_TEST(heard["a"] == "+t1@h1 +t2@h1 ");
}

BOOST_AUTO_TEST_CASE(says_how_its_stages_are) {
  comes_up("h1");
  wants("a", "t1");
  wants("a", "t2");
  pass(1'500ms);
  const auto all = answer_of<stage_list>(dispatch, look_at_stages{}).all;
  BOOST_REQUIRE(all.size() == stage_count);
  const auto& seen = all.at(static_cast<std::size_t>(stage::transcode));
  BOOST_TEST(seen.waiting == 1u);
  BOOST_TEST(seen.running == 1u);
  BOOST_TEST(seen.oldest_age_ms == 1'500);
}

BOOST_AUTO_TEST_CASE(has_a_straggler_begun_again_on_an_idle_node_by_its_clock) {
  pass(1s);
  comes_up("h1", "1", "n1");
  wants("a", "a/encode/0.0#1", {"1080p", 4'000, 0});
  pass(4s);
  tell(slot_free{"a/encode/0.0#1", task_end::done});
  wants("a", "a/encode/1.0#2", {"1080p", 4'000, 0});
  comes_up("h2", "1", "n2");
  heard["a"].clear();
  pass(5'999ms);
  BOOST_TEST(heard["a"] == "");
  pass(1ms); // nobody says anything: 4 s are usual, 6 s are late
  BOOST_TEST(heard["a"] == "+a/encode/1.0#2~@h2=a/encode/1.0#2 ");
  BOOST_TEST(measures->twins.of({"started"}).value() == 1u);
  tell(slot_free{"a/encode/1.0#2~", task_end::done});
  tell(withdraw{"a/encode/1.0#2"});
  BOOST_TEST(measures->twins.of({"won"}).value() == 1u);
  BOOST_TEST(now().granted == 0u);
}

BOOST_AUTO_TEST_CASE(has_its_stages_measured_half_a_second_after_they_changed) {
  pass(1s); // of a clock that begins at 0
  tell(set_stage{stage::transcode, {true, 0, 0}});
  wants("a", "t1");
  pass(499ms);
  BOOST_TEST(measures->stages().empty());
  pass(1ms);
  const auto seen = measures->stages();
  BOOST_REQUIRE(seen.size() == stage_count);
  const auto& of = seen.at(static_cast<std::size_t>(stage::transcode));
  BOOST_TEST(of.name == "stage.transcode");
  BOOST_TEST(of.paused);
  BOOST_TEST(of.waiting == 1u);
  BOOST_TEST(of.oldest_since_ms != 0);
}

BOOST_AUTO_TEST_SUITE_END()
