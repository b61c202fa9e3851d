#include "test/queue/a_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using ledger::job_state;

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_queue_actor, test::a_queue_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(acknowledges_after_the_commit_and_runs_after_the_start_is_committed) {
  const auto before = store->writes;
  const auto id = submit_one();
  BOOST_TEST(store->history_of(id) == "submitted started");
  BOOST_TEST(store->writes == before + 1); // in one transaction
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
  const auto now = ask<desk::overview>(queue::look{});
  BOOST_TEST(now.open == 1u);
  BOOST_TEST(now.running == 1u);
}

BOOST_AUTO_TEST_CASE(takes_jobs_that_come_before_it_has_found_the_ledger) {
  end();
  const auto later = std::exchange(ledger, nullptr);
  begin();
  auto reply = self->request(queue, caf::infinite, queue::submit{{job()}});
  run();
  BOOST_TEST(store->jobs.empty());
  ledger = later;
  pass(1s);
  queue::submitted how;
  reply.receive([&](const queue::submitted& it) { how = it; },
                [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
  BOOST_REQUIRE(how.each.size() == 1u);
  BOOST_TEST(how.each[0].how.ok(), how.each[0].how.what);
  BOOST_TEST(store->history_of(how.each[0].job_id) == "submitted started");
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
  BOOST_TEST(ask<desk::overview>(queue::look{}).open == 0u);
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

BOOST_AUTO_TEST_CASE(has_the_results_counted_of_every_video_that_was_begun_when_it_ends) {
  const auto first = submit_one();
  BOOST_TEST(counted.empty());
  ends("succeeded");
  BOOST_TEST(counted == std::vector{"default/" + first}, boost::test_tools::per_element());
  auto second = job();
  second.tenant = "other";
  submit(second);
  ends("failed", {culprit::peer, "away", "", ""}); // another attempt follows
  BOOST_TEST(counted.size() == 1U);
  pass_time(1s);
  ends("failed", {culprit::user, "broken", "", ""});
  BOOST_TEST(counted.size() == 2U);
  BOOST_TEST(counted.back() == "other/" + second.id);
  auto waits = job();
  waits.not_before_unix_ms = unix_ms + 60'000;
  submit(waits);
  ask<queue::ordered>(queue::order{store->jobs.at(waits.id).record, {}}); // cancelled: no attempt
  BOOST_TEST((state_of(waits.id) == job_state::cancelled));
  BOOST_TEST(counted.size() == 2U);
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

BOOST_AUTO_TEST_CASE(tells_a_job_its_priority_and_a_new_one_while_it_runs) {
  auto urgent = job();
  urgent.priority = 7;
  const auto id = submit(urgent).job_id;
  BOOST_TEST(puppets.back()->plan.around.priority == 7);
  desk::job_order other;
  other.what = desk::job_action::reprioritise;
  other.priority = -20;
  BOOST_TEST(ask<queue::ordered>(queue::order{store->jobs.at(id).record, other}).how.ok());
  BOOST_REQUIRE(puppets.back()->priority.has_value());
  BOOST_TEST(*puppets.back()->priority == -20);
  BOOST_TEST(store->history_of(id) == "submitted started reprioritised");
}

BOOST_AUTO_TEST_CASE(heeds_within_seconds_what_another_service_sets_of_a_queue) {
  const auto set = [this](const char* queue, const char* body) {
    store->documents[std::string{"queue/"} + queue] = {"queue", queue, body};
  };
  set("default", R"({"paused":true,"concurrency":0,"starts_per_min":0})");
  set("stage.transcode", R"({"paused":false,"concurrency":2,"starts_per_min":0})");
  pass_time(2s);
  submit_one();
  BOOST_TEST(puppets.empty());
  const auto stages = answer_of<dispatch::stage_list>(dispatch, dispatch::look_at_stages{});
  for (const auto& one : stages.all)
    BOOST_TEST(one.terms.concurrency == (one.kind == dispatch::stage::transcode ? 2U : 0U));
  set("default", R"({"paused":false,"concurrency":0,"starts_per_min":0})");
  pass_time(2s);
  BOOST_TEST(puppets.size() == 1U);
}

BOOST_AUTO_TEST_CASE(keeps_to_what_is_set_here_while_the_ledger_still_reads_otherwise) {
  for (int i = 0; i < 3'000; i += 7) { // whenever the look comes
    desk::queue_change change;
    change.paused = i % 2 == 0;
    ask<queue::ordered>(queue::set_queue{"default", change});
    BOOST_TEST(ask<desk::overview>(queue::look{}).queues.at(0).paused == *change.paused);
    pass_time(7ms);
    BOOST_TEST(ask<desk::overview>(queue::look{}).queues.at(0).paused == *change.paused);
  }
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

BOOST_AUTO_TEST_CASE(shows_a_queue_for_each_stage_after_those_of_jobs) {
  submit_one();
  const auto queues = ask<desk::overview>(queue::look{}).queues;
  std::string names;
  for (const auto& it : queues)
    names += it.name + " ";
  BOOST_TEST(names == "default stage.ingest stage.demux stage.transcode stage.audio "
                      "stage.transcribe stage.package stage.document stage.noop ");
}

BOOST_AUTO_TEST_CASE(knows_only_the_stages_there_are) {
  const auto how = ask<queue::ordered>(queue::set_queue{"stage.video", {true, {}, {}}}).how;
  BOOST_TEST((how.why == desk::refusal::bad_request));
  BOOST_TEST(how.what == "there is no stage of that name");
  BOOST_TEST(how.advice.ends_with("transcribe, package, document, noop"));
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(holds_time_limits_while_a_stage_is_paused) {
  auto what = job();
  what.spec = R"({"hard_limit_s":10})";
  submit(what);
  const auto set = [&](bool paused) {
    ask<queue::ordered>(queue::set_queue{"stage.transcode", {paused, {}, {}}});
  };
  set(true);
  pass_time(20s);
  BOOST_TEST(!puppets.back()->interrupted);
  set(false);
  pass_time(11s);
  BOOST_TEST(puppets.back()->interrupted);
}

BOOST_AUTO_TEST_SUITE_END()
