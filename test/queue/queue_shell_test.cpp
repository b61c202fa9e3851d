#include "actors/dispatch/spawn.hpp"
#include "actors/noop/protocol.hpp"
#include "actors/queue/job_key.hpp"
#include "actors/queue/spawn.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using ledger::job_state;

/// JOBs that do as the test says.
struct puppet {
  queue::work_plan plan;
  job::actor who;
  bool interrupted = false;
};

struct a_queue_on_a_memory_ledger : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  std::vector<std::shared_ptr<puppet>> puppets;
  std::shared_ptr<desk::live_jobs> live = std::make_shared<desk::live_jobs>();
  std::shared_ptr<queue::roster> roster = std::make_shared<queue::roster>();
  std::shared_ptr<desk::event_feed> feed = std::make_shared<desk::event_feed>("f");
  std::vector<desk::feed_item> told;
  desk::event_feed::subscription ear =
      feed->subscribe([this](const desk::feed_item& it) { told.push_back(it); });
  std::int64_t unix_ms = 1'764'576'000'000;
  queue::rule_terms terms;
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  dispatch::actor dispatch = dispatch::spawn(system);
  queue::actor queue;
  std::uint64_t numbers = 0;

  a_queue_on_a_memory_ledger() {
    terms.backoff = {1'000, 1'000, 0};
    begin();
  }
  ~a_queue_on_a_memory_ledger() {
    end();
    for (const auto& it : puppets)
      caf::anon_send_exit(it->who, caf::exit_reason::kill);
    puppets.clear();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    caf::anon_send_exit(dispatch, caf::exit_reason::kill);
    run();
  }

  void begin() {
    queue::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.dispatch = dispatch;
    with.unix_ms = [this] { return unix_ms; };
    with.plan = [](const ledger::job& what) {
      if (what.source == "/bad")
        throw failure{{culprit::user, "bad spec", "", ""}};
      queue::work_plan plan;
      plan.what.source = what.source;
      plan.what.name = what.id;
      return plan;
    };
    with.start_job = [this](caf::actor_system& where, const queue::work_plan& plan) {
      auto it = std::make_shared<puppet>();
      it->plan = plan;
      it->who = where.spawn([it](job::actor::pointer self) { return behaviour(self, it); });
      puppets.push_back(it);
      return it->who;
    };
    with.jobs = roster;
    with.live = live;
    with.feed = feed;
    with.terms = terms;
    queue = queue::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(queue, caf::exit_reason::kill);
    queue = nullptr;
    run();
  }
  static job::actor::behavior_type behaviour(job::actor::pointer,
                                             const std::shared_ptr<puppet>& it) {
    return {
        [](const dispatch::granted&) {},
        [](const dispatch::revoked&) {},
        [](const demux::fragment_cut&) {},
        [](const demux::audio_cut&) {},
        [](const demux::text_read&) {},
        [](const demux::ended&) {},
        [](const demux::failed&) {},
        [](const transcode::audio_encoded&) {},
        [](const transcode::utterance_cut&) {},
        [](const transcode::audio_ended&) {},
        [](const transcode::audio_failed&) {},
        [it](const job::interrupt&) { it->interrupted = true; },
    };
  }

  template <class Answer, class Question> Answer ask(Question what) {
    return answer_of<Answer>(queue, std::move(what));
  }
  ledger::job job(const std::string& source = "/films/talk.mp4") {
    ledger::job what;
    what.id = to_string(queue::job_key{0x019a'0000'0000'7000, 0x8000'0000'0000'0000 + ++numbers});
    what.source = source;
    return what;
  }
  desk::admission submit(const ledger::job& what) {
    return ask<queue::submitted>(queue::submit{{what}}).each.at(0);
  }
  std::string submit_one(const std::string& source = "/films/talk.mp4") {
    const auto how = submit(job(source));
    BOOST_TEST(how.how.ok(), how.how.what);
    return how.job_id;
  }
  /// The last JOB says how it ended, and ends.
  void ends(const std::string& state, fault why = {}) {
    const auto it = puppets.back();
    caf::anon_send(it->plan.around.told,
                   job::ended{it->plan.what.name, state, std::move(why), {}, ""});
    caf::anon_send_exit(it->who, caf::exit_reason::user_shutdown);
    run();
  }
  /// "queued, queued-running, running-failed (empty)": what listeners hear of a job's states.
  std::string told_states(const std::string& id) const {
    std::string all;
    for (const auto& it : told) {
      if (it->topic != "job." + id + ".state")
        continue;
      const auto body = nlohmann::json::parse(it->body);
      all += (all.empty() ? "" : ", ") + body.value("previous", std::string{});
      all += (body.contains("previous") ? "-" : "") + body["state"].get<std::string>();
      if (body.contains("cause"))
        all += " (" + body["cause"].get<std::string>() + ")";
    }
    return all;
  }
  job_state state_of(const std::string& id) { return store->jobs.at(id).record.state; }
  void pass_time(std::chrono::milliseconds span) {
    unix_ms += span.count();
    pass(span);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_queue_actor, a_queue_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(acknowledges_after_the_commit_and_runs_after_the_start_is_committed) {
  const auto id = submit_one();
  BOOST_TEST(store->history_of(id) == "submitted started");
  BOOST_REQUIRE(puppets.size() == 1u);
  const auto& around = puppets.back()->plan.around;
  BOOST_TEST(around.id == id);
  BOOST_TEST(around.of_service);
  BOOST_TEST(!around.resume);
  ends("succeeded");
  BOOST_TEST(store->history_of(id) == "submitted started succeeded");
}

BOOST_AUTO_TEST_CASE(knows_a_job_that_was_submitted_before) {
  auto first = job();
  first.idempotency_key = "talk";
  auto again = job();
  again.idempotency_key = "talk";
  submit(first);
  const auto how = submit(again);
  BOOST_TEST(how.known_already);
  BOOST_TEST(how.job_id == first.id);
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(writes_many_submits_together) {
  queue::submit many;
  for (int i = 0; i < 500; ++i) {
    many.jobs.push_back(job());
    many.jobs.back().not_before_unix_ms = unix_ms + 60'000;
  }
  const auto before = store->writes;
  const auto how = ask<queue::submitted>(std::move(many));
  BOOST_TEST(how.each.size() == 500u);
  BOOST_TEST(how.each.back().how.ok());
  BOOST_TEST(store->jobs.size() == 500u);
  BOOST_TEST(store->writes - before <= 3u);
}

BOOST_AUTO_TEST_CASE(says_busy_while_the_ledger_is_away_and_goes_on_within_a_second) {
  store->trouble = "connection refused";
  const auto refused = submit(job());
  BOOST_TEST((refused.how.why == desk::refusal::busy));
  BOOST_TEST(refused.how.what == "the ledger is away: connection refused");
  BOOST_TEST(!ask<desk::overview>(queue::look{}).ready);
  store->trouble.clear();
  pass_time(1s);
  BOOST_TEST(ask<desk::overview>(queue::look{}).ready);
  submit_one();
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(remembers_results_while_the_ledger_is_away) {
  const auto id = submit_one();
  store->trouble = "gone";
  ends("succeeded");
  BOOST_TEST((state_of(id) == job_state::succeeded)); // the stand-in's spool
  BOOST_TEST(ask<desk::overview>(queue::look{}).running == 0u);
}

BOOST_AUTO_TEST_CASE(tries_again_what_may_be_cured_and_builds_on_it) {
  const auto id = submit_one();
  ends("failed", {culprit::ours, "it crashed", "", ""});
  BOOST_TEST((state_of(id) == job_state::retrying));
  pass_time(1s);
  BOOST_REQUIRE(puppets.size() == 2u);
  BOOST_TEST(puppets.back()->plan.around.resume);
  ends("failed", {culprit::user, "empty", "", ""});
  BOOST_TEST((state_of(id) == job_state::failed));
  BOOST_TEST(store->jobs.at(id).record.last_cause == "empty");
}

BOOST_AUTO_TEST_CASE(takes_a_job_that_crashed_for_our_fault) {
  const auto id = submit_one();
  caf::anon_send_exit(puppets.back()->who, caf::exit_reason::kill);
  run();
  BOOST_TEST((state_of(id) == job_state::retrying));
}

BOOST_AUTO_TEST_CASE(fails_a_job_whose_spec_cannot_be_followed) {
  const auto id = submit_one("/bad");
  BOOST_TEST((state_of(id) == job_state::failed));
  BOOST_TEST(puppets.empty());
}

BOOST_AUTO_TEST_CASE(cancels_what_runs_and_ends_by_force_what_does_not_stop) {
  const auto id = submit_one();
  desk::job_order cancel;
  cancel.cause = "alice";
  auto reply = self->request(queue, caf::infinite, queue::order{store->jobs.at(id).record, cancel});
  run();
  BOOST_TEST(puppets.back()->interrupted);
  BOOST_TEST((state_of(id) == job_state::running));
  pass_time(1s);
  BOOST_TEST((state_of(id) == job_state::cancelled));
  reply.receive([](const queue::ordered& how) { BOOST_TEST(how.how.ok()); },
                [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
}

BOOST_AUTO_TEST_CASE(does_dead_letters_again_with_another_spec) {
  const auto id = submit_one();
  ends("failed", {culprit::user, "empty", "", ""});
  desk::job_order retry;
  retry.what = desk::job_action::retry;
  retry.spec = R"({"kind":"noop"})";
  const queue::order order{store->jobs.at(id).record, retry};
  const auto how = ask<queue::ordered>(order);
  BOOST_TEST(how.how.ok(), how.how.what);
  BOOST_TEST(store->history_of(id) == "submitted started failed requeued resumed");
  BOOST_TEST(store->jobs.at(id).record.what.spec == R"({"kind":"noop"})");
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_done_to_an_ended_job) {
  const auto id = submit_one();
  ends("succeeded");
  const auto how = ask<queue::ordered>(queue::order{store->jobs.at(id).record, desk::job_order{}});
  BOOST_TEST((how.how.why == desk::refusal::conflict));
  BOOST_TEST(how.how.what == "the job has succeeded already");
}

BOOST_AUTO_TEST_CASE(resumes_after_a_crash_what_it_was_running_once_that_is_down) {
  const auto id = submit_one();
  end();
  begin(); // its JOBs were killed with it
  BOOST_TEST(store->history_of(id) == "submitted started resumed");
  BOOST_REQUIRE(puppets.size() == 2u);
  BOOST_TEST(puppets.back()->plan.around.resume);
}

BOOST_AUTO_TEST_CASE(knows_how_far_a_job_is) {
  const auto id = submit_one();
  job::progress how;
  how.name = id;
  how.stage = "transcoding";
  how.media_total_ns = 10'000'000'000;
  for (int second = 0; second <= 5; ++second) {
    how.media_done_ns = second * 1'000'000'000LL;
    caf::anon_send(puppets.back()->plan.around.told, how);
    pass_time(1s);
  }
  const auto seen = live->find(id);
  BOOST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->progress == 0.5);
  BOOST_TEST(seen->stage == "transcoding");
  BOOST_TEST(seen->eta_unix_ms > unix_ms + 3'000);
  BOOST_TEST(seen->eta_unix_ms < unix_ms + 6'000);
  ends("succeeded");
  BOOST_TEST(!live->find(id).has_value());
}

BOOST_AUTO_TEST_CASE(tells_listeners_each_state_after_its_commit) {
  const auto id = submit_one();
  ends("failed", {culprit::ours, "it crashed", "", ""});
  BOOST_TEST(told_states(id) == "queued, queued-running, running-retrying (it crashed)");
  pass_time(1s);
  ends("failed", {culprit::user, "empty", "", ""});
  desk::job_order retry;
  retry.what = desk::job_action::retry;
  retry.cause = "alice";
  told.clear();
  ask<queue::ordered>(queue::order{store->jobs.at(id).record, retry});
  BOOST_TEST(told_states(id) == "failed-queued (alice), queued-running");
  const auto last = nlohmann::json::parse(told.back()->body);
  BOOST_TEST(last["attempt"] == 3);
  BOOST_TEST(last["tenant"] == "default");
  BOOST_TEST(last["sequence"] == store->jobs.at(id).history.size());
}

BOOST_AUTO_TEST_CASE(tells_listeners_nothing_that_is_not_committed) {
  store->trouble = "gone";
  BOOST_TEST(!submit(job()).how.ok());
  BOOST_TEST(told.empty());
}

BOOST_AUTO_TEST_CASE(tells_listeners_what_was_spooled_without_a_sequence) {
  const auto id = submit_one();
  store->trouble = "gone";
  told.clear();
  ends("succeeded");
  BOOST_TEST(told_states(id) == "running-succeeded");
  BOOST_TEST(!nlohmann::json::parse(told.front()->body).contains("sequence"));
}

BOOST_AUTO_TEST_CASE(tells_listeners_of_a_job_it_resumes_after_a_crash) {
  const auto id = submit_one();
  end();
  told.clear();
  begin();
  BOOST_TEST(told_states(id) == "running-running");
}

BOOST_AUTO_TEST_CASE(tells_listeners_of_progress_segments_and_queues) {
  const auto id = submit_one();
  const auto watcher = puppets.back()->plan.around.told;
  pass_time(2s);
  told.clear();
  job::progress far;
  far.name = id;
  far.stage = "transcoding";
  far.media_total_ns = 10'000'000'000;
  for (const auto done : {0LL, 4'000'000'000LL}) {
    far.media_done_ns = done;
    caf::anon_send(watcher, far);
    pass_time(1s);
  }
  caf::anon_send(watcher, job::playable{id, {{"720p", 0, 4'000'000'000, "video/720p/0.m4s"}}});
  run();
  std::string topics;
  for (const auto& it : told)
    topics += it->topic.substr(it->topic.rfind('.')) + " ";
  BOOST_TEST(topics == ".progress .default .progress .segment ");
  const auto news = nlohmann::json::parse(told[2]->body);
  BOOST_TEST(news["progress"] == 0.4);
  BOOST_TEST(news["speed"] == 1.33); // 4 s of media in 3 s
  BOOST_TEST(nlohmann::json::parse(told[1]->body)["backlog_media_ms"] == 10'000);
  BOOST_TEST(nlohmann::json::parse(told[3]->body)["uri"] == "video/720p/0.m4s");
}

/// Media hosts that only know what to do with jobs that do nothing.
struct a_queue_with_media_hosts : a_queue_on_a_memory_ledger {
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

BOOST_FIXTURE_TEST_CASE(sends_what_does_nothing_to_a_media_host_too, a_queue_with_media_hosts) {
  auto& host = comes_up("host-1");
  const auto ids = submit_noops(2);
  BOOST_TEST_REQUIRE(host.asked.size() == 1U); // together
  BOOST_TEST(host.asked[0] == ids, boost::test_tools::per_element());
  for (const auto& id : ids)
    BOOST_TEST(store->history_of(id) == "submitted started succeeded");
  BOOST_TEST(puppets.empty());
}

BOOST_FIXTURE_TEST_CASE(lets_what_does_nothing_wait_for_a_media_host, a_queue_with_media_hosts) {
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

BOOST_FIXTURE_TEST_CASE(takes_what_a_lost_media_host_had_to_another, a_queue_with_media_hosts) {
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

BOOST_AUTO_TEST_CASE(drains_into_a_state_that_can_be_resumed) {
  const auto id = submit_one();
  auto reply = self->request(queue, caf::infinite, queue::drain{});
  run();
  BOOST_TEST(puppets.back()->interrupted);
  BOOST_TEST((submit(job()).how.why == desk::refusal::busy));
  ends("interrupted");
  bool answered = false;
  reply.receive([&](const queue::drained&) { answered = true; }, [](const caf::error&) {});
  BOOST_TEST(answered);
  BOOST_TEST((state_of(id) == job_state::interrupted));
}

BOOST_AUTO_TEST_CASE(keeps_what_is_set_of_a_queue_over_its_own_death) {
  const auto set = [&](desk::queue_change what) {
    return ask<queue::ordered>(queue::set_queue{"default", what}).how;
  };
  BOOST_TEST(set({true, {}, {}}).ok());
  BOOST_TEST(set({{}, 2, 30}).ok());
  BOOST_TEST(store->documents.at("queue/default").body ==
             R"({"paused":true,"concurrency":2,"starts_per_min":30})");
  submit_one();
  end();
  begin();
  BOOST_TEST(puppets.empty());
  const auto seen = ask<desk::overview>(queue::look{}).queues.at(0);
  BOOST_TEST(seen.paused);
  BOOST_TEST(seen.concurrency == 2u);
  BOOST_TEST(set({false, {}, {}}).ok());
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(leaves_a_queue_as_it_is_while_that_cannot_be_written) {
  store->trouble = "gone";
  const auto how = ask<queue::ordered>(queue::set_queue{"default", {true, {}, {}}}).how;
  BOOST_TEST((how.why == desk::refusal::busy));
  store->trouble.clear();
  pass_time(1s);
  submit_one();
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
