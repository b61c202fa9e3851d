#pragma once

#include "actors/node/configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>

namespace vdoc::test {

/// An actor system that runs one message at a time on a clock that only `pass` moves. Actors must
/// not be detached, and must be gone when the fixture ends.
struct stepped_actors {
  struct settings : node::configuration {
    settings() { set("scheduler.policy", caf::atom("testing")); }
  };
  settings config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& steps =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  caf::scoped_actor self{system};

  stepped_actors() = default;
  stepped_actors(const stepped_actors&) = delete;
  stepped_actors& operator=(const stepped_actors&) = delete;
  ~stepped_actors() { run(); }

  /// Runs everything that can run without time passing.
  void run() {
    while (steps.try_run_once()) {
    }
  }
  /// The answer of an actor that needs no time for it.
  template <class Answer, class Actor, class Question>
  Answer answer_of(const Actor& who, Question what) {
    auto reply = self->request(who, caf::infinite, std::move(what));
    run();
    Answer answer;
    reply.receive([&](const Answer& it) { answer = it; },
                  [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
    return answer;
  }
  /// Lets time pass, millisecond by millisecond: timers fire in order, as do those they set.
  void pass(std::chrono::milliseconds span) {
    run();
    for (; span.count() > 0; --span) {
      steps.advance_time(std::chrono::milliseconds{1});
      run();
    }
  }
};

} // namespace vdoc::test
