#pragma once

#include "actors/dispatch/spawn.hpp"
#include "actors/job/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "test/jobs/stages_that_say_so.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::test {

using namespace std::chrono_literals;

/// A real JOB and a real DISPATCH, on real time, and media hosts that only say that they work.
struct a_straggling_job {
  temp_folder out;
  node::configuration config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  dispatch::actor dispatch = dispatch::spawn(system);
  std::map<std::string, std::unique_ptr<host_seen>> seen;
  std::map<std::string, caf::actor> coders;
  std::vector<caf::actor> others;
  std::mutex mutex;
  std::optional<job::ended> ended;
  job::actor job;

  a_straggling_job() {
    comes_up("h1", "n1");
    job::spec what;
    what.source = "/in/talk.mp4";
    what.name = "talk";
    what.rungs = {{360, 1000, 2000}};
    what.captions = what.document = false;
    what.picture_every_ms = 0;
    job::surroundings around;
    around.id = "job-1";
    around.root = out / "talk";
    around.of_service = true;
    around.dispatch = dispatch;
    around.ledger = system.spawn(forgets);
    around.told = system.spawn([this](job::watcher::pointer) -> job::watcher::behavior_type {
      return {[](const job::progress&) {}, [](const job::playable&) {},
              [this](const job::ended& how) {
                const std::lock_guard lock{mutex};
                ended = how;
              }};
    });
    others.push_back(caf::actor_cast<caf::actor>(around.ledger));
    others.push_back(caf::actor_cast<caf::actor>(around.told));
    job = job::spawn(system, what, around);
    BOOST_REQUIRE(until(60s, [&] { return orders("h1") == 2; })); // fragment 0 is done
    comes_up("h2", "n2");
    BOOST_REQUIRE(until(60s, [&] { return orders("h2") == 1; })); // the twin, two seconds later
  }
  ~a_straggling_job() {
    caf::anon_send_exit(job, caf::exit_reason::kill);
    caf::anon_send_exit(dispatch, caf::exit_reason::kill);
    for (const auto& [name, who] : coders)
      caf::anon_send_exit(who, caf::exit_reason::kill);
    for (const auto& who : others)
      caf::anon_send_exit(who, caf::exit_reason::kill);
  }

  static ledger::actor::behavior_type forgets(ledger::actor::pointer) {
    return {[](const ledger::submit&) { return ledger::submitted{}; },
            [](const ledger::record&) { return ledger::recorded{}; },
            [](const ledger::find_last&) { return ledger::found{}; },
            [](const ledger::history_of&) { return ledger::history{}; },
            [](const ledger::write&) { return ledger::all_written{}; },
            [](const ledger::health_of&) { return ledger::health{}; }};
  }
  void comes_up(const std::string& host, const std::string& node) {
    auto& it = seen[host] = std::make_unique<host_seen>();
    dispatch::host_up up;
    up.host_id = host;
    up.incarnation = "1";
    up.place.node = node;
    up.stages.ingest = system.spawn([](ingest::actor::pointer) -> ingest::actor::behavior_type {
      return {[](const ingest::open_source&) { return source(); }};
    });
    up.stages.demux = system.spawn(cuts);
    up.stages.package = system.spawn(packs);
    const auto coder = system.spawn(transcodes, it.get());
    up.stages.transcode = coder;
    up.stages.canceller =
        system.spawn([at = it.get()](canceller::actor::pointer) -> canceller::actor::behavior_type {
          return {[at](const canceller::cancel& what) {
            const std::lock_guard lock{at->mutex};
            at->cancelled.push_back(what.call);
          }};
        });
    coders[host] = caf::actor_cast<caf::actor>(coder);
    others.push_back(caf::actor_cast<caf::actor>(up.stages.ingest));
    others.push_back(caf::actor_cast<caf::actor>(up.stages.demux));
    others.push_back(caf::actor_cast<caf::actor>(up.stages.package));
    others.push_back(caf::actor_cast<caf::actor>(up.stages.canceller));
    up.agent = caf::actor_cast<caf::strong_actor_ptr>(coder);
    caf::anon_send(dispatch, up);
  }
  void goes_down(const std::string& host) {
    caf::anon_send(dispatch,
                   dispatch::host_down{host, "1", {dispatch::host_end::killed, "SIGKILL"}});
  }
  void answers(const std::string& host) { caf::anon_send(coders.at(host), caf::ok_atom_v); }
  void fails(const std::string& host) { caf::anon_send(coders.at(host), caf::put_atom_v); }

  std::size_t orders(const std::string& host) {
    return seen.at(host)->count(seen.at(host)->orders);
  }
  std::vector<std::string> cancelled(const std::string& host) {
    const std::lock_guard lock{seen.at(host)->mutex};
    return seen.at(host)->cancelled;
  }
  std::string last_call(const std::string& host) {
    const std::lock_guard lock{seen.at(host)->mutex};
    return seen.at(host)->orders.back().call;
  }
  std::string state() {
    const std::lock_guard lock{mutex};
    return ended ? ended->state : "";
  }
  bool succeeds() {
    return until(60s, [&] { return state() == "succeeded"; });
  }
  /// job.json of the job that is over.
  std::string report() const {
    std::ifstream in{out / "talk/job.json"};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  /// Tasks that have a slot.
  std::uint32_t granted() {
    std::uint32_t slots = 99;
    self->request(dispatch, 60s, dispatch::look{})
        .receive([&](const dispatch::load& it) { slots = it.granted; },
                 [](const caf::error&) { BOOST_ERROR("no answer"); });
    return slots;
  }
};

} // namespace vdoc::test
