#pragma once

#include "test/storekeeper/a_storekeeper_on_memory.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>

namespace vdoc::test {

using go_atom = caf::atom_constant<caf::atom("go")>;

/// Publishes as a JOB does, and asks the next STOREKEEPER when one dies.
inline caf::behavior a_job(caf::event_based_actor* self, a_storekeeper_on_memory* all) {
  self->set_down_handler(
      [=](const caf::down_msg&) { self->delayed_send(self, 1s, go_atom::value); });
  const auto is_down = [](const caf::error&) {};
  const auto ends = [=] {
    all->happens(event_kind::succeeded);
    self->quit();
  };
  return {[=](go_atom) {
    const auto keeper = all->keeper;
    if (!keeper) // is being started again
      return self->delayed_send(self, 100ms, go_atom::value);
    self->monitor(keeper);
    self->request(keeper, caf::infinite, publish{"a"})
        .then(
            [=](const published& it) {
              if (it.stored)
                return ends();
              self->request(keeper, caf::infinite, publish{"a", target::fallback})
                  .then(
                      [=](const published& there) {
                        if (there.stored)
                          return ends();
                        self->request(keeper, caf::infinite, leave{"a", there.why})
                            .then([=](const remembered&) { ends(); }, is_down);
                      },
                      is_down);
            },
            is_down);
  }};
}

/// STOREKEEPER dies after the message of that number, counted from 0, and is started anew.
struct a_crash {
  a_storekeeper_on_memory& it;
  const int after;
  int message = 0;
  bool happened = false;
  std::function<void()> look = [] {}; ///< after each message
  caf::actor job = {};                ///< lives as long as this

  void begin_job() {
    job = it.system.spawn(a_job, &it);
    caf::anon_send(job, go_atom::value);
  }
  void turn() {
    while (it.steps.try_run_once()) {
      if (message++ == after) {
        it.end();
        it.begin();
        happened = true;
      }
      look();
    }
  }
  void pass(std::chrono::milliseconds span) {
    for (turn(); span.count() > 0; span -= 100ms) {
      it.now_ms += 100;
      it.steps.advance_time(100ms);
      turn();
    }
  }
};

} // namespace vdoc::test
