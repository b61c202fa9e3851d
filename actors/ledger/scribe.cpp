#include "actors/ledger/scribe.hpp"

#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/lazy_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace vdoc::ledger {

namespace {

struct scribe_state {
  static inline const char* name = "SCRIBE";
  std::unique_ptr<lazy_store> where;
  std::function<std::int64_t()> unix_ms;

  commit_done commit(const commit_order& asked) {
    const auto begun = std::chrono::steady_clock::now();
    auto result = where->write(*asked.entries, unix_ms());
    return {std::move(result), std::chrono::duration_cast<std::chrono::microseconds>(
                                   std::chrono::steady_clock::now() - begun)};
  }

  catch_up_done catch_up(const catch_up_order& asked) {
    if (auto* opened = where->try_open(); opened != nullptr)
      return {ledger::catch_up(*opened, *asked.what, unix_ms())};
    caught_up still_away;
    still_away.trouble = where->trouble();
    return {still_away};
  }
};

scribe::behavior_type write_down(scribe::stateful_pointer<scribe_state> self,
                                 const store_opener& open,
                                 const std::function<std::int64_t()>& unix_ms) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.where = std::make_unique<lazy_store>(open);
  self->state.unix_ms = unix_ms;
  // Readers of a new database wait for its tables, and only a writer makes them.
  if (auto* opened = self->state.where->try_open(); opened != nullptr)
    opened->trouble();
  return {
      [self](const commit_order& asked) { return self->state.commit(asked); },
      [self](const catch_up_order& asked) { return self->state.catch_up(asked); },
      [self](const find_last& asked) {
        return self->state.where->ask<found>(
            [&](store& where) { return where.find_last(asked.source, asked.output); });
      },
      [self](const history_of& asked) {
        return self->state.where->ask<history>(
            [&](store& where) { return where.history_of(asked.job_id); });
      },
  };
}

} // namespace

scribe spawn_scribe(caf::actor_system& system, store_opener open,
                    std::function<std::int64_t()> unix_ms, bool detached) {
  return detached ? system.spawn<caf::detached>(write_down, std::move(open), std::move(unix_ms))
                  : system.spawn(write_down, std::move(open), std::move(unix_ms));
}

} // namespace vdoc::ledger
