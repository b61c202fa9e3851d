#pragma once

#include "actors/dispatch/spawn.hpp"
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

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::test {

/// JOBs that do as the test says.
struct puppet {
  queue::work_plan plan;
  job::actor who;
  bool interrupted = false;
  std::optional<std::int32_t> priority; ///< that it was told later
};

/// QUEUE with a ledger in memory, a DISPATCH without hosts, and puppets for JOBs.
struct a_queue_on_a_memory_ledger : stepped_actors {
  std::shared_ptr<memory_ledger> store = std::make_shared<memory_ledger>();
  std::vector<std::shared_ptr<puppet>> puppets;
  std::shared_ptr<desk::live_jobs> live = std::make_shared<desk::live_jobs>();
  std::shared_ptr<queue::roster> roster = std::make_shared<queue::roster>();
  std::shared_ptr<desk::event_feed> feed = std::make_shared<desk::event_feed>("f");
  std::vector<desk::feed_item> told;
  std::vector<std::string> delivered; ///< bodies
  std::vector<std::string> counted;   ///< jobs that have ended: "tenant/id"
  desk::event_feed::subscription ear =
      feed->subscribe([this](const desk::feed_item& it) { told.push_back(it); });
  std::int64_t unix_ms = 1'764'576'000'000;
  std::shared_ptr<desk::tenant_book> tenants = std::make_shared<desk::tenant_book>();
  queue::rule_terms terms;
  ledger::actor ledger = spawn_ledger(system, store);
  ledger::reader reader = spawn_reader(system, store);
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
    with.deliver = [this](const ledger::document& what) { delivered.push_back(what.body); };
    with.count = [this](const std::string& id, const std::string& tenant) {
      counted.push_back(tenant + "/" + id);
    };
    with.jobs = roster;
    with.live = live;
    with.feed = feed;
    with.tenants = tenants;
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
        [it](const job::reprioritise& to) { it->priority = to.priority; },
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
  ledger::job_state state_of(const std::string& id) { return store->jobs.at(id).record.state; }
  void pass_time(std::chrono::milliseconds span) {
    unix_ms += span.count();
    pass(span);
  }
};

} // namespace vdoc::test
