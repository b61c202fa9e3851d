#include "actors/ledger/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/lazy_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace vdoc::ledger {

namespace {

struct reader_state {
  static inline const char* name = "READER";
  std::unique_ptr<lazy_store> where;
};

reader::behavior_type read(reader::stateful_pointer<reader_state> self, const store_opener& open) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.where = std::make_unique<lazy_store>(open);
  auto* where = self->state.where.get();
  return {
      [where](const find_job& asked) {
        return where->ask<found>([&](store& known) { return known.find(asked.id); });
      },
      [where](const read_history& asked) {
        return where->ask<history>([&](store& known) { return known.history_of(asked.job_id); });
      },
      [where](const list_jobs& asked) {
        return where->ask<job_page>(
            [&](store& known) { return known.list(asked.which, asked.cursor, asked.most); });
      },
      [where](const list_open_jobs& asked) {
        return where->ask<job_page>(
            [&](store& known) { return known.open_jobs(asked.after_id, asked.most); });
      },
      [where](const count_jobs&) {
        return where->ask<counts>([](store& known) { return known.count(); });
      },
      [where](const read_documents& asked) {
        return where->ask<documents>(
            [&](store& known) { return known.read(asked.kind, asked.after_key, asked.most); });
      },
  };
}

} // namespace

reader spawn_reader(caf::actor_system& system, store_opener open, bool detached) {
  return detached ? system.spawn<caf::detached>(read, std::move(open))
                  : system.spawn(read, std::move(open));
}

} // namespace vdoc::ledger
