#include "actors/noop/protocol.hpp"
#include "test/queue/a_queue.hpp"

#include <map>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

/// Media hosts that only know what to do with jobs that do nothing.
struct a_queue_with_media_hosts : test::a_queue_on_a_memory_ledger {
  struct one_host {
    std::vector<std::vector<std::string>> asked;
    bool answers = true;
    noop::actor who;
  };
  std::map<std::string, one_host> hosts;

  ~a_queue_with_media_hosts() {
    for (auto& [name, it] : hosts)
      caf::anon_send_exit(it.who, caf::exit_reason::kill);
    hosts.clear();
    run();
  }
  one_host& comes_up(const std::string& name, bool answers = true) {
    auto& it = hosts[name];
    it.answers = answers;
    it.who = system.spawn([&it](noop::actor::pointer self) -> noop::actor::behavior_type {
      return {[&it, self](const noop::do_nothing& what) -> caf::result<noop::nothing_done> {
        it.asked.push_back(what.jobs);
        if (it.answers)
          return noop::nothing_done{what.jobs};
        return self->make_response_promise<noop::nothing_done>();
      }};
    });
    dispatch::host_up up;
    up.host_id = name;
    up.incarnation = "1";
    up.stages.noop = it.who;
    caf::anon_send(dispatch, std::move(up));
    run();
    return it;
  }
  void goes_down(const std::string& name) {
    caf::anon_send(dispatch, dispatch::host_down{name, "1", {dispatch::host_end::crashed, "gone"}});
    run();
  }
  std::vector<std::string> submit_noops(int count) {
    queue::submit all;
    for (int i = 0; i < count; ++i) {
      all.jobs.push_back(job());
      all.jobs.back().spec = R"({"kind":"noop"})";
    }
    std::vector<std::string> ids;
    for (const auto& one : ask<queue::submitted>(all).each)
      ids.push_back(one.job_id);
    return ids;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(jobs_that_do_nothing, a_queue_with_media_hosts)

BOOST_AUTO_TEST_CASE(go_through_a_media_host_together) {
  auto& host = comes_up("host-1");
  const auto ids = submit_noops(2);
  BOOST_TEST_REQUIRE(host.asked.size() == 1U); // together
  BOOST_TEST(host.asked[0] == ids, boost::test_tools::per_element());
  for (const auto& id : ids)
    BOOST_TEST(store->history_of(id) == "submitted started succeeded");
  BOOST_TEST(puppets.empty());
}

BOOST_AUTO_TEST_CASE(wait_for_a_media_host_and_can_be_cancelled) {
  const auto ids = submit_noops(2);
  BOOST_TEST(store->history_of(ids[0]) == "submitted started");
  desk::job_order cancel;
  cancel.what = desk::job_action::cancel;
  const queue::order order{store->jobs.at(ids[0]).record, cancel};
  BOOST_TEST(ask<queue::ordered>(order).how.ok());
  BOOST_TEST(store->history_of(ids[0]) == "submitted started cancelled");
  const auto& host = comes_up("host-1");
  BOOST_TEST_REQUIRE(host.asked.size() == 1U);
  BOOST_TEST(host.asked[0] == std::vector{ids[1]}, boost::test_tools::per_element());
  BOOST_TEST(store->history_of(ids[1]) == "submitted started succeeded");
}

BOOST_AUTO_TEST_CASE(wait_while_their_stage_is_paused_even_over_the_death_of_queue) {
  const auto set = [&](desk::queue_change what) {
    return ask<queue::ordered>(queue::set_queue{"stage.noop", what}).how;
  };
  const auto& host = comes_up("host-1");
  BOOST_TEST(set({true, {}, {}}).ok());
  BOOST_TEST(set({{}, 3, {}}).ok());
  BOOST_TEST(store->documents.at("queue/stage.noop").body ==
             R"({"paused":true,"concurrency":3,"starts_per_min":0})");
  const auto ids = submit_noops(2);
  const auto seen = ask<desk::overview>(queue::look{}).queues.back();
  BOOST_TEST(seen.name == "stage.noop");
  BOOST_TEST(seen.paused);
  BOOST_TEST(seen.concurrency == 3u);
  BOOST_TEST(seen.waiting == 1u); // they share a task
  end();
  caf::anon_send(dispatch, dispatch::set_stage{dispatch::stage::noop, {}}); // as a new one has it
  begin();
  pass_time(60s);
  BOOST_TEST(host.asked.empty());
  for (const auto& id : ids)
    BOOST_TEST((state_of(id) == ledger::job_state::running));
  BOOST_TEST(set({false, {}, {}}).ok());
  BOOST_TEST_REQUIRE(host.asked.size() == 1U);
  for (const auto& id : ids)
    BOOST_TEST((state_of(id) == ledger::job_state::succeeded));
}

BOOST_AUTO_TEST_CASE(go_to_another_media_host_when_theirs_is_lost) {
  comes_up("host-1", false);
  const auto ids = submit_noops(2);
  BOOST_TEST(store->history_of(ids[1]) == "submitted started");
  const auto& other = comes_up("host-2");
  BOOST_TEST(other.asked.empty());
  goes_down("host-1");
  BOOST_TEST_REQUIRE(other.asked.size() == 1U);
  BOOST_TEST(other.asked[0] == ids, boost::test_tools::per_element());
  for (const auto& id : ids) // one attempt: nothing was wrong with the jobs
    BOOST_TEST(store->history_of(id) == "submitted started succeeded");
}

BOOST_AUTO_TEST_SUITE_END()
